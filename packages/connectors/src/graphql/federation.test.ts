import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";
import { expect, test } from "vitest";
import { faultsOf, openGraphql, type TestedRoute } from "./graphql.test.support.ts";

const order = {
  title: "Order",
  type: "object",
  properties: { id: { type: "string" }, total: { type: "number" } },
  required: ["id"],
};
const key = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };

const orders: readonly TestedRoute[] = [
  { route: "order", options: { query: true }, input: key, output: order, answer: ({ body }) => ({ ...(body as object), total: 1 }) },
  {
    options: { entity: "Order", key: ["id"], batch: true },
    input: { type: "array", items: key },
    output: { type: "array", items: order },
    answer: ({ body }) => (body as { id: string }[]).map(({ id }) => (id === "none" ? null : { id, total: 7 })),
  },
];

const shipping = `
extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external", "@requires"])
type Order @key(fields: "id") { id: ID! total: Float @external parcel: Parcel! @requires(fields: "total") }
type Parcel @shareable { weight: Float! }
type Query { parcels: [Parcel!]! }
`;

function openShipping() {
  const schema = "./shipping.graphql";
  const routes = [
    { options: { schema, entity: "Order" } },
    { options: { schema, field: "Query.parcels" }, answer: () => [] },
    {
      options: { schema, field: "Order.parcel" },
      answer: ({ body }: { body: unknown }) => ({ weight: (body as { parent: { total: number } }).parent.total }),
    },
  ];
  return openGraphql(routes, { files: { [schema]: shipping } });
}

async function sdlOf(node: Awaited<ReturnType<typeof openGraphql>>): Promise<string> {
  const { data } = (await node.ask("{ _service { sdl } }")) as unknown as { data: { _service: { sdl: string } } };
  return data._service.sdl;
}

const ENTITIES = "query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Order { id total } } }";

test("a schema of contracts tells a federation its entities and keys", async () => {
  await using node = await openGraphql(orders);
  const sdl = await sdlOf(node);
  expect(sdl).toContain('extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])');
  expect(sdl).toContain('type Order @key(fields: "id") {');
  expect(sdl).not.toMatch(/_Any|_Service|_entities/);
});

test("entities that a request asks for are answered together, each in its place", async () => {
  await using node = await openGraphql(orders);
  const reply = await node.ask(ENTITIES, { of: ["1", "none", "2"].map((id) => ({ __typename: "Order", id })) });
  expect(reply).toEqual({
    status: 200,
    data: { _entities: [{ __typename: "Order", id: "1", total: 7 }, null, { __typename: "Order", id: "2", total: 7 }] },
  });
  expect(node.received).toHaveLength(1);
});

test("an entity that is not served here is an error in its place", async () => {
  await using node = await openGraphql(orders);
  expect(await node.ask(ENTITIES, { of: [{ __typename: "Query" }, { __typename: "Order", id: "1" }, 7] })).toMatchObject({
    data: { _entities: [null, { id: "1" }, null] },
    errors: [
      { path: ["_entities", 0], extensions: { code: "BAD_USER_INPUT" } },
      { path: ["_entities", 2], extensions: { code: "BAD_USER_INPUT" } },
    ],
  });
});

test("a schema that was written first keeps its directives, and its fields get what others know", async () => {
  await using node = await openShipping();
  expect(await sdlOf(node)).toContain('parcel: Parcel! @requires(fields: "total")');
  const reply = await node.ask("query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order { parcel { weight } } } }", {
    of: [{ __typename: "Order", id: "1", total: 2.5 }],
  });
  expect(reply).toEqual({ status: 200, data: { _entities: [{ parcel: { weight: 2.5 } }] } });
});

test("the two compose to one graph", async () => {
  await using one = await openGraphql(orders);
  await using other = await openShipping();
  const composed = composeServices([
    { name: "orders", url: one.url, typeDefs: parse(await sdlOf(one)) },
    { name: "shipping", url: other.url, typeDefs: parse(await sdlOf(other)) },
  ]);
  expect(composed.errors ?? []).toEqual([]);
  expect(composed.supergraphSdl).toContain('@join__type(graph: ORDERS, key: "id")');
  expect(composed.supergraphSdl).toContain('@join__field(graph: SHIPPING, requires: "total")');
});

test("texts of version 1, and those that a federation has been added to, are read", async () => {
  const schema = "./old.graphql";
  const text =
    'type Order @key(fields: "id") { id: ID! } extend type Query { order: Order _service: _Service! } type _Service { sdl: String }';
  await using node = await openGraphql([{ options: { schema, query: "order" }, answer: () => ({ id: 1 }) }], { files: { [schema]: text } });
  expect(await node.ask("{ order { id } _service { sdl } }")).toMatchObject({
    data: { order: { id: "1" }, _service: { sdl: expect.stringMatching(/extend type Query \{\s+order: Order\s+\}/) } },
  });
});

test("an entity without a key, with a key in vain, or of another type than it says, is refused", async () => {
  expect(faultsOf({ entity: "Order" })).toEqual(["an entity needs a key, such as id"]);
  expect(faultsOf({ entity: "Order", key: "id", schema: "a.graphql" })).toEqual(["key is said by schema already"]);
  expect(faultsOf({ query: "order", key: "id" })).toEqual(["key is about an entity, and none is given"]);
  const refused = async (entity: string, keys: string[]) => {
    await using node = await openGraphql([{ options: { entity, key: keys }, input: key, output: order }]);
    return (await node.ask("{ __typename }")).status;
  };
  expect(await refused("Order", ["id"])).toBe(200);
  expect(await refused("Ordr", ["id"])).toBe(500);
  expect(await refused("Order", ["number"])).toBe(500);
});
