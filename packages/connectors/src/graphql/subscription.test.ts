import { CONNECTOR, type TargetRef } from "@portolan/core";
import { expect, expectTypeOf, test } from "vitest";
import { openGraphql, targetFaultsOf } from "./graphql.test.support.ts";
import { graphql, graphqlConnector } from "./index.ts";

const order = {
  title: "Order",
  type: "object",
  properties: { id: { type: "string" }, total: { type: "number" }, customerId: { type: "integer" } },
  required: ["id", "total"],
};
const accepted = { subscription: "orderAccepted", contract: order, filterBy: ["customerId"] };

async function next<Value>(events: AsyncIterator<Value>): Promise<Value | undefined> {
  const { value, done } = await events.next();
  return done === true ? undefined : value;
}

test("a subscription function makes a target, as a flow file holds it", () => {
  expect(graphql.subscription("orderAccepted", { filterBy: [] })).toEqual({
    graphql: { subscription: "orderAccepted", filterBy: [] },
    [CONNECTOR]: graphqlConnector,
  });
  graphql.subscription<{ id: string }>("a", { filterBy: ["id"] });
  graphql.subscription("a", { contract: { jsonSchema: true }, filterBy: ["anything"] });
  // @ts-expect-error no field of what is published
  graphql.subscription<{ id: string }>("a", { filterBy: ["total"] });
  expectTypeOf(graphql.subscription<{ id: string }>("a")).toEqualTypeOf<TargetRef<{ id: string }, unknown>>();
});

test("targets that name nothing to publish to, or filter by what nobody knows, are refused", () => {
  expect(targetFaultsOf({})).toEqual(["expected either subscription or url, found none"]);
  expect(targetFaultsOf({ subscription: "not-a-name" })).toEqual([expect.stringContaining("no name of a GraphQL field")]);
  expect(targetFaultsOf({ subscription: "a", filterBy: ["id"] })).toEqual([expect.stringContaining("no contract says what that is")]);
  expect(targetFaultsOf({ subscription: "a", schema: "./a.graphql", contract: true })).toEqual(["contract is said by schema already"]);
  expect(targetFaultsOf({ subscription: "a", path: "a" })).toEqual([expect.stringContaining("no path pattern")]);
});

test("what is published reaches every subscriber that came before, in order", async () => {
  await using node = await openGraphql([], { targets: [accepted] });
  await node.publish({ id: "0", total: 0 });
  const [one, two] = [
    await node.subscribe("subscription { orderAccepted { id total } }"),
    await node.subscribe("subscription { orderAccepted { id } }"),
  ];
  expect(one.response.headers.get("content-type")).toContain("text/event-stream");
  await node.publish({ id: "1", total: 1.5 });
  await node.publish({ id: "2", total: 2 });
  expect(await next(one.events)).toEqual({ event: "next", data: { data: { orderAccepted: { id: "1", total: 1.5 } } } });
  expect(await next(one.events)).toMatchObject({ data: { data: { orderAccepted: { id: "2" } } } });
  expect(await next(two.events)).toEqual({ event: "next", data: { data: { orderAccepted: { id: "1" } } } });
  for (const { leave } of [one, two]) leave();
});

test("a subscriber gets what has the values that it asks for", async () => {
  await using node = await openGraphql([], { targets: [accepted] });
  const { events, leave } = await node.subscribe("subscription ($id: Int) { orderAccepted(customerId: $id) { id } }", { id: 7 });
  for (const [index, customerId] of [8, 7, undefined, 7].entries()) await node.publish({ id: String(index), total: 0, customerId });
  expect(await next(events)).toMatchObject({ data: { data: { orderAccepted: { id: "1" } } } });
  expect(await next(events)).toMatchObject({ data: { data: { orderAccepted: { id: "3" } } } });
  leave();
});

test("subscriptions end with their target, and the path with them", async () => {
  await using node = await openGraphql([], { targets: [accepted] });
  const { events } = await node.subscribe("subscription { orderAccepted { id } }");
  await node.publishers[0]?.close();
  expect(await next(events)).toEqual({ event: "complete", data: undefined });
  expect(await next(events)).toBeUndefined();
  expect((await fetch(node.url)).status).toBe(404);
});

test("a subscriber who does not take what waits for him is let go with an error, and others are not kept waiting", async () => {
  await using node = await openGraphql([], { targets: [{ ...accepted, filterBy: undefined }] });
  const slow = await node.subscribe("subscription { orderAccepted { id total customerId } }");
  const id = "x".repeat(100_000);
  for (let count = 0; count < 1500; count += 1) await node.publish({ id, total: count });
  const seen = [];
  for await (const { event, data } of slow.events) seen.push(event === "next" ? data : event);
  expect(seen.at(-1)).toBe("complete");
  expect(seen.at(-2)).toMatchObject({ data: { orderAccepted: null }, errors: [{ extensions: { code: "SUBSCRIBER_TOO_SLOW" } }] });
  expect(seen.length).toBeLessThan(1000);
});

test("a body that breaks the contract is refused before anybody gets it", async () => {
  await using node = await openGraphql([], { targets: [accepted] });
  await expect(node.publish({ id: 7 })).rejects.toMatchObject({ code: "PORTOLAN_CONTRACT_FAILED", findings: expect.any(Array) });
});

test("several targets publish to one field if they say the same about it", async () => {
  await using node = await openGraphql([], { targets: [accepted, accepted] });
  const { events, leave } = await node.subscribe("subscription { orderAccepted { id } }");
  await node.publish({ id: "1", total: 0 }, node.publishers[1]);
  await node.publishers[1]?.close();
  await node.publish({ id: "2", total: 0 });
  expect(await next(events)).toMatchObject({ data: { data: { orderAccepted: { id: "1" } } } });
  expect(await next(events)).toMatchObject({ data: { data: { orderAccepted: { id: "2" } } } });
  leave();
  await expect(openGraphql([], { targets: [accepted, { subscription: "orderAccepted" }] })).rejects.toThrow("different contracts");
});

test("a subscription that is asked for as a query, or breaks the schema, is told so", async () => {
  await using node = await openGraphql([{ options: { query: "hello" } }], { targets: [accepted] });
  expect(
    (
      await fetch(node.url, {
        method: "POST",
        body: '{"query":"subscription { orderAccepted { id } }"}',
        headers: { "content-type": "application/json", accept: "application/json" },
      })
    ).status,
  ).toBe(406);
  const refused = await node.subscribe("subscription { orderAccepted { nothing } }");
  expect(await next(refused.events)).toMatchObject({
    event: "next",
    data: { errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] },
  });
  expect(await next(refused.events)).toEqual({ event: "complete", data: undefined });
});
