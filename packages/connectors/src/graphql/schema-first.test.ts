import { PortolanError, silentLogger, type PlacedSource, type SourceRef } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { expect, expectTypeOf, test } from "vitest";
import { faultsOf, openGraphql, targetFaultsOf, type TestedRoute } from "./graphql.test.support.ts";
import { graphql, graphqlConnector } from "./index.ts";

const sdl = `
"""Orders, and who gave them."""
schema { query: Queries mutation: Mutation subscription: Subscription }

directive @audited on FIELD_DEFINITION

scalar DateTime @specifiedBy(url: "https://scalars.graphql.org/andimarek/date-time")
enum State { OPEN CLOSED @deprecated(reason: "use ENDED") ENDED }
interface Party { id: ID! name: String! }
type Person implements Party { id: ID! name: String! }
type Company implements Party { id: ID! name: String! vat: String }
union Found = Order | Person
type Order { id: ID! total: Float! state: State placedAt: DateTime customer(short: Boolean = false): Party }
input OrderInput { id: ID! total: Float! = 1.5 }
type Queries { order(id: ID!): Order find(text: String!): [Found!] now: DateTime! }
type Mutation { placeOrder(input: OrderInput!): Order! cancel(id: ID!, reason: String): Boolean @audited @unknown(to: "us") }
type Subscription { orderAccepted(customerId: ID): Order! }
`;
const schema = "./schema.graphql";
const files = { [schema]: sdl };

function field(place: string, answer: NonNullable<TestedRoute["answer"]>, more: object = {}): TestedRoute {
  return { route: place.replace(".", ""), options: { schema, field: place, ...more }, answer };
}

function open(...routes: TestedRoute[]) {
  return openGraphql(routes, { files });
}

test("a schema yields one typed source per field", () => {
  const orders = graphql.schema<{ "Query.order": { id: string } }>("./schema.graphql", { unrouted: "ignore" });
  const source = orders.field("Query.order", { timeout: "5s" });
  expect(source).toMatchObject({ graphql: { schema: "./schema.graphql", field: "Query.order", unrouted: "ignore", timeout: "5s" } });
  expectTypeOf(source).toEqualTypeOf<SourceRef<{ id: string }>>();
  expect(orders.subscription("orderAccepted")).toMatchObject({ graphql: { schema: "./schema.graphql", subscription: "orderAccepted" } });
  expect(targetFaultsOf({ schema: "./schema.graphql", subscription: "orderAccepted" })).toEqual([]);
  // @ts-expect-error no field of the schema
  orders.field("Query.ordr");
});

test("options that contradict a schema, or one another, are refused", () => {
  expect(faultsOf({ schema, field: "order" })).toEqual(['"order" is no field of a type; expected Type.field, such as Order.customer']);
  expect(faultsOf({ schema, field: "Subscription.a" })).toEqual([expect.stringContaining("a subscription is a target")]);
  expect(faultsOf({ field: "Query.a", unrouted: "ignore" })).toEqual([expect.stringContaining("unrouted is about fields of a schema")]);
  expect(faultsOf({ mutation: "a", batch: true })).toEqual([expect.stringContaining("nothing to batch")]);
  expect(faultsOf({ query: "a", batch: 0 })).toEqual(["wrong value"]);
});

test("routes answer the fields of a schema, which says the types, whatever its root types are called", async () => {
  await using node = await open(
    field("Query.order", ({ body }) => ({ id: (body as { id: string }).id, total: 2, state: "OPEN", placedAt: "2026-11-24T00:00:00Z" })),
    field("Mutation.placeOrder", ({ body }) => body),
    field("Mutation.cancel", () => true),
  );
  expect(await node.ask('{ order(id: "7") { id total state placedAt } }')).toEqual({
    status: 200,
    data: { order: { id: "7", total: 2, state: "OPEN", placedAt: "2026-11-24T00:00:00Z" } },
  });
  expect(await node.ask('mutation { placeOrder(input: { id: "1" }) { id total } cancel(id: "1") }')).toEqual({
    status: 200,
    data: { placeOrder: { id: "1", total: 1.5 }, cancel: true },
  });
  expect(node.received.map(({ body }) => body)).toEqual([{ id: "7" }, { id: "1", total: 1.5 }, { id: "1" }]);
});

test("fields of types, interfaces and unions: the parent comes with the arguments, __typename says which type it is", async () => {
  await using node = await open(
    field("Query.find", () => [
      { __typename: "Order", id: 1, total: 1, customerId: "c1" },
      { __typename: "Person", id: "p", name: "Ada" },
    ]),
    field("Order.customer", ({ body }) => {
      const { parent, args } = body as { parent: { customerId: string }; args: object };
      return { __typename: "Company", id: parent.customerId, name: JSON.stringify(args), vat: "DE1" };
    }),
  );
  const reply = await node.ask(
    '{ find(text: "a") { __typename ... on Person { name } ... on Order { id customer(short: true) { name ... on Company { vat } } } } }',
  );
  expect(reply).toEqual({
    status: 200,
    data: {
      find: [
        { __typename: "Order", id: "1", customer: { name: '{"short":true}', vat: "DE1" } },
        { __typename: "Person", name: "Ada" },
      ],
    },
  });
});

test.each([
  ["no value where one is promised", "{ now }", () => null],
  ["a value of another type", '{ order(id: "1") { total } }', () => ({ id: "1", total: "secret-1" })],
  ["a value that the enum does not have", '{ order(id: "1") { state } }', () => ({ id: "1", total: 1, state: "secret-2" })],
  ["no type of an interface", '{ find(text: "a") { ... on Person { name } } }', () => [{ name: "secret-3" }]],
])("%s is a fault on this side, of which the caller hears nothing", async (_name, query, answer) => {
  const logged: unknown[] = [];
  const routes = ["Query.now", "Query.order", "Query.find"].map((place) => field(place, answer));
  await using node = await openGraphql(routes, {
    files,
    log: { ...silentLogger, log: (level, text, data) => void logged.push({ level, text, ...data }) },
  });
  const reply = await node.ask(query);
  expect(reply).toMatchObject({ errors: [{ extensions: { code: "PORTOLAN_INTERNAL", status: 500 } }] });
  expect(JSON.stringify(reply)).not.toMatch(/secret|cannot|resolve/);
  expect(logged).toContainEqual(expect.objectContaining({ level: "error", error: expect.any(String), path: expect.any(String) }));
});

test("descriptions and deprecations are told", async () => {
  await using node = await open(field("Query.now", () => "now"));
  const text = await (await fetch(`${node.url}/schema.graphql`)).text();
  expect(text).toContain('CLOSED @deprecated(reason: "use ENDED")');
  expect(text).toContain('"""Orders, and who gave them."""');
});

const services = { ...createFormats(), directory: ".", readFile: (path: string) => (files as Record<string, string>)[path] };

function findings(places: readonly object[], targets: readonly object[] = []) {
  const sources = places.map((options, index): PlacedSource => ({
    options: { path: "/graphql", schema, ...options },
    path: `routes.r${index}.from.0.graphql`,
    route: { id: `r${index}` },
  }));
  const placedTargets = targets.map((options, index) => ({ options: { path: "/graphql", schema, ...options }, path: `routes.t${index}` }));
  return graphqlConnector.source?.checkAll?.(sources, services, placedTargets);
}

const all = ["Query.order", "Query.find", "Query.now", "Mutation.placeOrder", "Mutation.cancel"].map((place) => ({ field: place }));

test("fields that nothing answers, and routes without a field, are found at start", async () => {
  expect(await findings(all, [{ subscription: "orderAccepted" }])).toEqual([]);
  expect(await findings(all)).toMatchObject([
    { path: "routes.r0.from.0.graphql", message: "./schema.graphql has a field that nothing answers: Subscription.orderAccepted" },
  ]);
  expect(await findings([{ query: "order" }])).toMatchObject([
    { message: expect.stringContaining("5 fields that nothing answers: Queries.find") },
  ]);
  expect(await findings([{ query: "order", unrouted: "ignore" }])).toEqual([]);
  expect(await findings([{ field: "Query.ordr" }])).toMatchObject([
    { message: "route r0: the schema does not have the field Query.ordr", hint: 'did you mean "order"?' },
  ]);
  expect(await findings([{ field: "Ordr.id" }])).toMatchObject([
    { message: expect.stringContaining("the type Ordr"), hint: 'did you mean "Order"?' },
  ]);
});

test.each([
  ["type Query { a: Missing }", 'Unknown type "Missing"'],
  ["type Query { a: Int", "Syntax Error"],
  ["{ a }", "belong into a document of a client"],
  ["type Query { a: Int a: Int }", "can only be defined once"],
  [7, "expected SDL"],
  [{ data: { __schema: { types: "none" } } }, "its __schema is not what introspection answers"],
])("a document that is no schema is refused with the reason: %s", async (text, reason) => {
  const failing = openGraphql([{ options: { schema, query: "a" } }], { files: { [schema]: text } });
  await expect(failing).rejects.toMatchObject({ code: "PORTOLAN_CONFIG_INVALID", message: expect.stringContaining(reason) });
});

test("two schemas at one path are refused", async () => {
  const two = openGraphql([{ options: { schema, field: "Query.now" } }, { options: { query: "a" } }], { files });
  await expect(two).rejects.toThrow(PortolanError);
});

test("a schema as introspection answers it is as good as its text", async () => {
  await using first = await open(field("Query.now", () => "now"));
  const { getIntrospectionQuery } = await import("graphql");
  const answer = await first.ask(getIntrospectionQuery());
  await using second = await openGraphql([{ options: { schema: "./schema.json", field: "Query.now" }, answer: () => "later" }], {
    files: { "./schema.json": answer },
  });
  expect(await second.ask("{ now }")).toEqual({ status: 200, data: { now: "later" } });
});
