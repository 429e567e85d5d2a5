import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { app, retry, route } from "../index.ts";
import type { Steps } from "./steps.ts";
import { type BodyAt, type Order, orders, type Receipt, same, schema, texts } from "./type-cases.test.support.ts";

it("every pattern has a type test in its folder", () => {
  const folder = path.join(import.meta.dirname, "../patterns");
  const names = readdirSync(folder);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !readdirSync(path.join(folder, name)).includes("types.test.ts"))).toEqual([]);
});

it("every step knows the body that reaches it", () => {
  const price = route("price", { input: schema<Order>(), output: schema<Receipt>() }).map((m) => ({ orderId: m.body.id }));
  const r = route("r")
    .from(orders)
    .filter((m) => m.body.total > 1)
    .map((m) => m.body.total)
    .map((m) => m.body.toFixed(2));
  same<BodyAt<typeof r>, string>(true);
  const called = route("c", { input: schema<Order>() }).call(price);
  same<BodyAt<typeof called>, Receipt>(true);
  expect(r.steps.map((step) => Object.keys(step)[0])).toEqual(["filter", "map", "map"]);
  const ordered = route("x").from(orders);
  // @ts-expect-error the body is an order, which has no `amount`
  ordered.map((m) => m.body.amount);
});

it("a choice yields the union of its arms", () => {
  const closed = route("r")
    .from(orders)
    .choice((c) =>
      c
        .when(
          (m) => m.body.total > 1,
          (s) => s.map(() => "big" as const),
        )
        .otherwise((s) => s.map(() => 0)),
    );
  same<BodyAt<typeof closed>, "big" | number>(true);
  const open = route("r2")
    .from(orders)
    .choice((c) =>
      c.when(
        (m) => m.body.total > 1,
        (s) => s.map(() => "big" as const),
      ),
    );
  same<BodyAt<typeof open>, "big" | Order>(true);
  expect(open.steps).toMatchObject([{ choice: { when: [{ steps: [{}] }] } }]);
});

it("a target refuses a body that its contract does not allow", () => {
  expect(route("ok").from(orders).to(orders).steps).toMatchObject([{ to: { channel: "orders" } }]);
  // @ts-expect-error an order is no text
  route("r").from(orders).to(texts);
  const wantsOrder = route("p", { input: schema<Order>() });
  // @ts-expect-error the called route wants an order
  route("r").from(texts).call(wantsOrder);
});

it("a route that does not end in its declared output does not compile", () => {
  const good = route("good", { input: schema<Order>(), output: schema<Receipt>() }).map((m) => ({ orderId: m.body.id }));
  const bad = route("bad", { input: schema<Order>(), output: schema<Receipt>() }).map((m) => m.body.total);
  const stopped = route("stopped", { input: schema<Order>(), output: schema<Receipt>() })
    .choice((c) =>
      c.when(
        (m) => m.body.total > 1,
        (s) => s.stop(),
      ),
    )
    .map((m) => ({ orderId: m.body.id }));
  expect(Object.keys(app("shop", { routes: [good] }).flow["routes"] as object)).toEqual(["good"]);
  // @ts-expect-error it ends in a number
  app("shop", { routes: [bad] });
  // @ts-expect-error a message that stops ends as an order
  app("shop", { routes: [stopped] });
});

it("parts have the type of the elements, and combine decides the result", () => {
  const lines = route("r", { input: schema<{ readonly lines: readonly Order[] }>() });
  const list = lines.split(
    (m) => m.body.lines,
    (s) => s.map((m) => m.body.total),
    { combine: "list" },
  );
  same<BodyAt<typeof list>, readonly number[]>(true);
  const original = lines.split(
    (m) => m.body.lines,
    (s) => s.map((m) => m.body.total),
  );
  same<BodyAt<typeof original>, { readonly lines: readonly Order[] }>(true);
  const sum = lines.split(
    (m) => m.body.lines,
    (s) => s.map((m) => m.body.total),
    { combine: { fold: (acc, m) => acc + m.body, initial: () => 0 } },
  );
  same<BodyAt<typeof sum>, number>(true);
  expect(list.steps).toMatchObject([{ split: { combine: "list", steps: [{}] } }]);
  type Line = Steps<Order>;
  // @ts-expect-error an element is an order
  const wrong = (s: Line) => s.map((m) => m.body.nothing);
  lines.split((m) => m.body.lines, wrong);
});

it("a type guard narrows, a catch widens, throw and stop end", () => {
  const guarded = route("r", { input: schema<string | number>() }).filter(
    (m): m is typeof m & { readonly body: string } => typeof m.body === "string",
  );
  same<BodyAt<typeof guarded>, string>(true);
  const caught = route("r2")
    .from(orders)
    .try((s) => s.map((m) => m.body.total))
    .catch({ kind: "rejected" }, (s) => s.map(() => "refused" as const));
  same<BodyAt<typeof caught>, number | "refused">(true);
  const thrown = route("r3")
    .from(orders)
    .throw((m) => m.body.id);
  same<BodyAt<typeof thrown>, never>(true);
  expect(caught.steps).toMatchObject([{ try: { catch: [{ match: { kind: "rejected" } }] } }]);
});

it("only a route has sources and error clauses", () => {
  const r = route("r")
    .from(orders)
    .onError(retry({ attempts: 8, wait: "parked" }))
    .onError({ match: { kind: "invalid" }, outcome: "deadLetter" });
  // @ts-expect-error a block has no error clauses
  const wrong = (s: Steps<Order>) => s.onError(retry({}));
  expect(() => r.filter((m) => m.body.total > 1, wrong)).toThrow("only a route");
});

it("a group that is folded was refused a block of its own", () => {
  const folded = { fold: (sum: number, m: { readonly body: unknown }) => sum + Number(m.body), initial: () => 0 };
  const r = route("r").aggregate({ key: () => 1, complete: { size: 2 }, combine: folded }, (group) => {
    same<BodyAt<typeof group>, number>(true);
    return group.map((m) => m.body.toFixed(2));
  });
  expect(r.steps).toMatchObject([{ aggregate: { steps: [{}] } }]);
});
