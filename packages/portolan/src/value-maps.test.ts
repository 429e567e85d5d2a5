import { app, route, valueMap } from "portolan";
import { testApp } from "portolan/testing";
import { expect, it } from "vitest";
import { createAppDirectory } from "./app-directory.test.support.ts";

const FLOW = `
valueMaps:
  countries: { file: ./countries.csv, key: name, value: code }
  units: { values: { PCE: piece, KGM: kilogram }, otherwise: unknown }
  partners: { route: loadPartners, refresh: 1m }
routes:
  loadPartners: { steps: [{ call: { rest: { get: "https://partners.example/all" } } }] }
  country: { steps: [{ map: '$valueMap("countries", body)' }] }
  continent: { steps: [{ map: '$valueMap("countries", body, { "column": "continent" })' }] }
  name: { steps: [{ map: '$valueMap("countries", body, { "reverse": true, "otherwise": "?" })' }] }
  unit: { steps: [{ map: '$valueMap("units", body)' }] }
  partner: { steps: [{ map: '"p:" & $valueMap("partners", body)' }] }
  order: { steps: [{ map: { table: ./order.map.yaml } }] }
`;
const FILES = {
  "shop.flow.yaml": FLOW,
  "countries.csv": "name,code,continent\nAustria,AT,Europe\nGermany,DE,Europe\nChile,CL,South America\n",
  "order.map.yaml": `
- { to: country, from: body.country, lookup: countries }
- { to: "lines[]", from: body.lines }
- { to: "lines[].unit", from: unit, lookup: units }
- { to: ship, from: body.ship, lookup: countries, default: DE }
- { to: id, from: body.id, required: true }
`,
};

async function shop() {
  const directory = await createAppDirectory(FILES);
  const flows = [{ file: "shop.flow.yaml", text: FLOW }];
  const bench = testApp({ name: "shop", flows }, { directory: directory.path });
  return {
    bench,
    directory,
    ask: (id: string, body: unknown) => bench.request({ route: id }, body),
    async [Symbol.asyncDispose]() {
      await bench.stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

it("finds what stands for a value in a file, in another column, and back", async () => {
  await using running = await shop();
  expect(await running.ask("country", "Austria")).toBe("AT");
  expect(await running.ask("continent", "Chile")).toBe("South America");
  expect(await running.ask("name", "DE")).toBe("Germany");
  expect(await running.ask("name", "XX")).toBe("?");
  await expect(running.ask("country", "Austrai")).rejects.toMatchObject({
    code: "PORTOLAN_VALUE_INVALID",
    kind: "invalid",
    hint: 'did you mean "Austria"?',
  });
});

it("takes what the map says for values that it does not have", async () => {
  await using running = await shop();
  expect(await running.ask("unit", "PCE")).toBe("piece");
  expect(await running.ask("unit", "XYZ")).toBe("unknown");
  expect(await running.ask("unit", "toString")).toBe("unknown");
  expect(await running.ask("unit", null)).toBe(null);
});

it("looks up in mapping tables, and names the target that lacks its value", async () => {
  await using running = await shop();
  expect(await running.ask("order", { id: 1, country: "Germany", lines: [{ unit: "KGM" }], ship: "Atlantis" })).toEqual({
    country: "DE",
    lines: [{ unit: "kilogram" }],
    ship: "DE",
    id: 1,
  });
  await expect(running.ask("order", { country: "Germany" })).rejects.toMatchObject({
    code: "PORTOLAN_VALUE_INVALID",
    message: expect.stringContaining("id is required"),
  });
});

it("asks a route for its rows once, again after a while, and keeps the old ones if that fails", async () => {
  await using running = await shop();
  const { bench } = running;
  let asked = 0;
  bench.replaceTarget("rest:GET https://partners.example/all", () => {
    asked += 1;
    if (asked === 2) throw new Error("down");
    return [{ id: 7, name: asked === 1 ? "Ann" : "Bea" }];
  });
  expect(await Promise.all([running.ask("partner", 7), running.ask("partner", "7")])).toEqual(["p:Ann", "p:Ann"]);
  expect(asked).toBe(1);
  for (const name of ["Ann", "Bea"]) {
    await bench.advance("61s");
    expect(await running.ask("partner", 7)).toBe("p:Ann");
    await bench.settle();
    expect(await running.ask("partner", 7)).toBe(`p:${name}`);
  }
});

it.each([
  ["there is no value map", { values: { a: 1 } }, `$valueMap("nuits", body)`],
  ["no such file", { file: "./absent.csv" }, "body"],
  ["from one place", {}, "body"],
  ["from one place", { file: "x.csv", values: {} }, "body"],
  ['there is no route "absent"', { route: "absent" }, "body"],
])("refuses at start what cannot be looked up: %s", async (message, options, text) => {
  const flow = { valueMaps: { units: options }, routes: { look: { steps: [{ map: text }] } } };
  const bench = testApp({ name: "shop", flows: [{ file: "shop.flow.yaml", text: JSON.stringify(flow) }] });
  await expect(bench.request({ route: "look" }, 1)).rejects.toThrow(message);
});

it("is declared in TypeScript, too", async () => {
  const price = route("price").map((m) => m.body);
  const rows = valueMap("prices", { route: "price", key: "sku", refresh: "1h" });
  expect(app("shop", { routes: [price], valueMaps: [rows] }).flow["valueMaps"]).toEqual({
    prices: { route: "price", key: "sku", refresh: "1h" },
  });
});
