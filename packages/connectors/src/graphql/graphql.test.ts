import { CONNECTOR, PortolanError, type SourceRef } from "@portolan/core";
import { auditServer } from "graphql-http";
import { expect, expectTypeOf, test } from "vitest";
import { faultsOf, openGraphql } from "./graphql.test.support.ts";
import { graphql, graphqlConnector } from "./index.ts";

const order = {
  title: "Order",
  type: "object",
  properties: {
    id: { type: "string" },
    total: { type: "number" },
    state: { type: "string", enum: ["open", "closed"] },
    lines: {
      type: "array",
      items: { type: "object", properties: { sku: { type: "string" }, qty: { type: "integer" } }, required: ["sku", "qty"] },
    },
    note: { type: ["string", "null"] },
    labels: { type: "object", additionalProperties: { type: "string" } },
  },
  required: ["id", "total"],
};
const key = { type: "object", properties: { id: { type: "string" }, revision: { type: "integer" } }, required: ["id"] };

test("a field function makes a door, as a flow file holds it", () => {
  expect(graphql.mutation("placeOrder", { timeout: "5s" })).toEqual({
    graphql: { mutation: "placeOrder", timeout: "5s" },
    [CONNECTOR]: graphqlConnector,
  });
  expect(graphql.query({ path: "/shop" })).toEqual({ graphql: { query: true, path: "/shop" }, [CONNECTOR]: graphqlConnector });
  expectTypeOf(graphql.query<{ id: string }>()).toEqualTypeOf<SourceRef<{ id: string }>>();
});

test("options that name no field, or two, are refused", () => {
  expect(faultsOf({})).toEqual(["expected one of query, mutation, field, entity, found none"]);
  expect(faultsOf({ query: "a", mutation: "b" })).toEqual(["expected one of query, mutation, field, entity, found query and mutation"]);
  expect(faultsOf({ query: "not-a-name" })).toEqual(["no name of a GraphQL field"]);
  expect(faultsOf({ query: "a", path: "a" })).toEqual([expect.stringContaining("no path pattern")]);
});

test("all audits of GraphQL over HTTP pass", async () => {
  await using node = await openGraphql([{ options: { query: "hello" } }]);
  const results = await auditServer({ url: node.url, fetchFn: fetch });
  expect(results.filter(({ status }) => status !== "ok")).toEqual([]);
  expect(results).toHaveLength(61);
});

test("the arguments of a query are its message, and its field has the route's result", async () => {
  const answer = () => ({ id: "7", total: 1.5, state: "open", lines: [{ sku: "a", qty: 2 }], labels: { a: "b" } });
  await using node = await openGraphql([{ route: "order", options: { query: true }, input: key, output: order, answer }]);
  const reply = await node.ask("query ($id: ID!) { order(id: $id, revision: 3) { id total state lines { sku qty } note labels } }", {
    id: "7",
  });
  expect(reply).toEqual({
    status: 200,
    data: { order: { id: "7", total: 1.5, state: "open", lines: [{ sku: "a", qty: 2 }], note: null, labels: { a: "b" } } },
  });
  expect(node.received).toEqual([{ body: { id: "7", revision: 3 }, headers: {} }]);
});

test("a mutation takes its message as input", async () => {
  await using node = await openGraphql([{ options: { mutation: "placeOrder" }, input: order, output: order }]);
  const input = { id: "7", total: 2, lines: [{ sku: "a", qty: 1 }] };
  const reply = await node.ask("mutation ($input: OrderInput!) { placeOrder(input: $input) { id total } }", { input });
  expect(reply).toEqual({ status: 200, data: { placeOrder: { id: "7", total: 2 } } });
  expect(node.received[0]?.body).toEqual(input);
});

test("routes of one path make one schema, and what is not in it never reaches a route", async () => {
  await using node = await openGraphql([
    { options: { query: "order" }, input: key, output: order },
    { options: { mutation: "placeOrder" }, input: order, output: order },
  ]);
  expect(await node.ask('{ order(id: "7") { id nothing } }')).toMatchObject({ errors: [{ message: expect.stringContaining("nothing") }] });
  expect(await node.ask("mutation { placeOrder(input: { id: 7 }) { id } }")).toMatchObject({ errors: [{ message: expect.any(String) }] });
  expect(node.received).toEqual([]);
  const types = await node.ask('{ __type(name: "OrderInput") { inputFields { name type { kind } } } }');
  expect(types).toMatchObject({
    data: { __type: { inputFields: expect.arrayContaining([{ name: "total", type: { kind: "NON_NULL" } }]) } },
  });
});

test("two routes with one field, and contracts that give one name to different types, are refused at start", async () => {
  const twice = openGraphql([
    { route: "a", options: { query: "one" } },
    { route: "b", options: { query: "one" } },
  ]);
  await expect(twice).rejects.toThrow("route b: the GraphQL field Query.one is taken by route a");
  const other = { title: "Order", type: "object", properties: { number: { type: "integer" } } };
  const different = openGraphql([
    { options: { query: "one" }, output: order },
    { options: { query: "two" }, output: other },
  ]);
  await expect(different).rejects.toThrow("two different GraphQL types would have the name Order");
  const unnamed = openGraphql([{ route: "place-order", options: { query: true } }]);
  await expect(unnamed).rejects.toMatchObject({ code: "PORTOLAN_CONFIG_INVALID", hint: expect.stringContaining("graphql.query") });
});

test("a failed field says what the caller can mend, with a code, and leaves the others their values", async () => {
  const failing = (error: unknown) => () => Promise.reject(error);
  const input = { type: "object", properties: { n: { type: "integer", maximum: 3 } } };
  const breach = new PortolanError("PORTOLAN_CONTRACT_FAILED", "n is too large", { findings: [{ path: "n", message: "is too large" }] });
  await using node = await openGraphql([
    { options: { query: "fine" } },
    { options: { query: "refused" }, answer: failing(new PortolanError("PORTOLAN_VALIDATION_FAILED", "too many")) },
    { options: { query: "broken" }, answer: failing(new TypeError("password is 1234")) },
    { options: { query: "remote" }, answer: failing(new PortolanError("PORTOLAN_CONNECTION_FAILED", "10.0.0.7")) },
    { options: { query: "limited" }, input, answer: failing(breach) },
  ]);
  const reply = await node.ask("{ fine refused broken remote limited(n: 4) sound: limited(n: 1) }");
  expect(reply).toMatchObject({
    status: 200,
    data: { fine: {}, refused: null, broken: null },
    errors: expect.arrayContaining([
      expect.objectContaining({
        message: "too many",
        path: ["refused"],
        extensions: expect.objectContaining({ code: "PORTOLAN_VALIDATION_FAILED" }),
      }),
      expect.objectContaining({ path: ["broken"], extensions: expect.objectContaining({ kind: "defect", status: 500 }) }),
      expect.objectContaining({ path: ["remote"], extensions: expect.objectContaining({ kind: "transient" }) }),
      expect.objectContaining({
        path: ["limited"],
        extensions: expect.objectContaining({ status: 400, errors: [{ pointer: "#/n", detail: "is too large" }] }),
      }),
      expect.objectContaining({ path: ["sound"], extensions: expect.objectContaining({ kind: "defect" }) }),
    ]),
  });
  expect(JSON.stringify(reply)).not.toMatch(/1234|10\.0\.0\.7|stack/);
});

test("a field that takes too long is an error, and its route is told", async () => {
  const { promise: told, resolve: tell } = Promise.withResolvers<unknown>();
  await using node = await openGraphql([
    {
      options: { query: "slow", timeout: "2s" },
      answer: (_incoming, options) => new Promise(() => options?.signal?.addEventListener("abort", () => tell(options.signal?.reason))),
      after(delayMs, fire) {
        expect(delayMs).toBe(2000);
        queueMicrotask(fire);
        return { cancel() {} };
      },
    },
  ]);
  expect(await node.ask("{ slow }")).toMatchObject({ data: { slow: null }, errors: [{ extensions: { code: "PORTOLAN_TIMEOUT" } }] });
  expect(await told).toMatchObject({ code: "PORTOLAN_TIMEOUT" });
});

test("only the headers that a door keeps reach its route", async () => {
  await using node = await openGraphql([{ options: { query: "plain" } }, { options: { query: "keeping", keepHeaders: ["X-Tenant"] } }]);
  await node.ask("{ plain keeping }", {}, { "x-tenant": "de", authorization: "Bearer t" });
  expect(node.received.map(({ headers }) => headers)).toEqual([{}, { "x-tenant": "de" }]);
});

test("bodies that a web page could send unasked are 415, and a mutation by GET is 405", async () => {
  await using node = await openGraphql([{ options: { mutation: "change" } }]);
  const body = "query=mutation%20%7B%20change%20%7D";
  expect((await fetch(node.url, { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded" } })).status).toBe(
    415,
  );
  expect((await fetch(node.url, { method: "POST", body: '{"query":"mutation{change}"}' })).status).toBe(415);
  expect((await fetch(`${node.url}?${body}`)).status).toBe(405);
  expect(node.received).toEqual([]);
});

test("a closed door takes its field out of the schema, the last one its path off the host", async () => {
  await using node = await openGraphql([{ options: { query: "one" } }, { options: { query: "two" } }]);
  expect(await node.ask("{ one two }")).toMatchObject({ data: { one: {}, two: {} } });
  await node.running[0]?.close();
  expect(await node.ask("{ two }")).toMatchObject({ data: { two: {} } });
  expect(await node.ask("{ one }")).toMatchObject({ errors: [{ message: expect.stringContaining('"one"') }] });
  await node.running[1]?.close();
  expect((await fetch(node.url)).status).toBe(404);
});

const tree = {
  $ref: "#/$defs/Tree",
  $defs: { Tree: { type: "object", properties: { name: { type: "string" }, next: { $ref: "#/$defs/Tree" } } } },
};

test.each([
  ["depth", "{ tree { next { next { name } } } }"],
  ["depth", "{ tree { ...Deep } } fragment Deep on Tree { next { next { name } } }"],
  ["aliases", "{ a: tree { name } b: tree { name } c: tree { name } }"],
  ["cost", "{ tree { name } ...More ...More } fragment More on Query { plain ...Most } fragment Most on Query { other }"],
])("an operation that passes the limit of %s reaches no route: %s", async (limit, query) => {
  const limits = { depth: 3, aliases: 2, cost: 40 };
  await using node = await openGraphql([
    { options: { query: "tree", limits }, output: tree, answer: () => ({ name: "a" }) },
    { options: { query: "plain" } },
    { options: { query: "other" } },
  ]);
  expect(await node.ask("{ tree { next { name } } plain }")).toMatchObject({ data: { tree: { next: null } } });
  node.received.length = 0;
  const refused = await node.ask(query);
  expect(refused).toMatchObject({ errors: [{ message: expect.stringContaining(limit), extensions: { code: "GRAPHQL_LIMIT_EXCEEDED" } }] });
  expect(node.received).toEqual([]);
});

test("fragments that spread one another many times, or in a circle, are measured in no time", async () => {
  await using node = await openGraphql([{ options: { query: "one" } }]);
  const doubling = Array.from({ length: 40 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`).join(" ");
  expect(await node.ask(`{ ...F0 } ${doubling} fragment F40 on Query { one }`)).toMatchObject({
    errors: [{ message: expect.stringContaining("cost") }],
  });
  const circle = await node.ask("{ ...A } fragment A on Query { one ...B } fragment B on Query { ...A }");
  expect(circle).toMatchObject({ errors: [{ message: expect.stringContaining("Cannot spread fragment") }] });
  expect(await node.ask(`{ ${"one ".repeat(20_000)} }`)).toMatchObject({ errors: [{ message: expect.stringContaining("token") }] });
  expect(node.received).toEqual([]);
});

test("the schema is served as text, as long as the door is open", async () => {
  await using node = await openGraphql([{ options: { mutation: "placeOrder" }, input: order, output: key }]);
  const sdl = async () => (await fetch(`${node.url}/schema.graphql`)).text();
  const text = await sdl();
  expect(text).toContain("placeOrder(input: OrderInput!): PlaceOrderResult");
  expect(text).toContain("type PlaceOrderResult {\n  id: ID!\n  revision: Int\n}");
  expect(text).toContain("enum OrderState {\n  open\n  closed\n}");
  await node.running[0]?.close();
  expect((await fetch(`${node.url}/schema.graphql`)).status).toBe(404);
});

test("policies of one door hold at its path, and what they refuse is told in `errors`", async () => {
  const limited = { query: "one", policies: { rateLimit: { requests: 2, per: "1m" } } };
  await using node = await openGraphql([
    { route: "a", options: { query: "two" } },
    { route: "b", options: limited },
  ]);
  expect(await node.ask("{ one }")).toMatchObject({ status: 200 });
  expect(await node.ask("{ two }")).toMatchObject({ status: 200 });
  expect(await node.ask("{ two }")).toMatchObject({
    status: 429,
    errors: [{ message: expect.any(String), extensions: { code: "PORTOLAN_THROTTLED", status: 429 } }],
  });
  const response = await fetch(`${node.url}?query={one}`, { headers: { accept: "application/graphql-response+json" } });
  expect([response.status, response.headers.get("content-type"), response.headers.get("retry-after")]).toEqual([
    429,
    "application/graphql-response+json; charset=utf-8",
    "60",
  ]);
  expect(node.received).toHaveLength(2);
});

test("doors of one path that want different policies are refused at start, and so are policies that contradict themselves", async () => {
  const withLimit = (query: string, requests: number) => ({
    route: query,
    options: { query, policies: { rateLimit: { requests, per: "1s" } } },
  });
  await expect(openGraphql([withLimit("a", 1), withLimit("b", 2)])).rejects.toThrow(
    "route b: another door of graphql /graphql has other policies",
  );
  await using same = await openGraphql([withLimit("a", 1), withLimit("b", 1)]);
  expect((await same.ask("{ a }")).status).toBe(200);
  expect(faultsOf({ query: "a", policies: { addresses: { deny: "everyone" } } })).toEqual([
    expect.stringContaining('addresses: "everyone" is no address'),
  ]);
});

test("a body that is too large, or no JSON, is told in `errors`", async () => {
  await using node = await openGraphql([{ options: { query: "one", policies: { limits: { maxBody: 100 } } } }]);
  expect(await node.ask(`{ one } # ${"x".repeat(100)}`)).toMatchObject({
    status: 413,
    errors: [{ extensions: { code: "PORTOLAN_BODY_TOO_LARGE", status: 413 } }],
  });
  const plain = await fetch(node.url, { method: "POST", body: "{ one }", headers: { "content-type": "text/plain" } });
  expect([plain.status, await plain.json()]).toMatchObject([415, { errors: [{ extensions: { code: "PORTOLAN_MEDIA_TYPE" } }] }]);
});
