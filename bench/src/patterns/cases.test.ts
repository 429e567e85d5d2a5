import { app, patterns } from "@portolan/engine";
import { expect, test } from "vitest";
import { startEngine } from "../portolan-engine.ts";
import { CASES, priced } from "./cases.ts";
import { ITEMS } from "./item.ts";

test("every pattern has a case", () => {
  expect(Object.keys(CASES).toSorted()).toEqual(patterns.map(({ name }) => name).toSorted());
});

test.each(Object.entries(CASES))("the route of %s does what its naive twin does", async (name, { route, naive }) => {
  const engine = await startEngine(app("bench", { routes: [priced, route] }));
  for (const body of ITEMS.slice(0, 20)) {
    const own = await engine.deliver(name, { id: body.id, body });
    const other = await naive({ id: body.id, body, headers: {}, attributes: {} });
    expect(own?.body).toEqual(other?.body);
  }
  await engine.stop();
});
