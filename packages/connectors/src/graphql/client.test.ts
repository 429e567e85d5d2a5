import { createMessage, type TargetRef } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createVirtualClock, openTarget } from "@portolan/testkit";
import { parse } from "graphql";
import { expect, expectTypeOf, test } from "vitest";
import { openGraphql, targetFaultsOf, type TestedRoute } from "./graphql.test.support.ts";
import { graphql, graphqlConnector, type TypedDocument } from "./index.ts";

const order = { title: "Order", type: "object", properties: { id: { type: "string" }, total: { type: "number" } }, required: ["id"] };
const key = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };
const answer: TestedRoute["answer"] = ({ body }) => ({ id: (body as { id: string }).id, total: 2 });
const routes: readonly TestedRoute[] = [
  { options: { query: "order", keepHeaders: ["x-tenant"] }, input: key, output: order, answer },
  { options: { mutation: "placeOrder", keepHeaders: ["idempotency-key"] }, input: order, output: order },
];
const document = "query getOrder($id: ID!) { order(id: $id) { id total } }";

async function client(url: string, options: object, files: Readonly<Record<string, unknown>> = {}) {
  const services = { ...createFormats(), directory: ".", readFile: (path: string) => files[path] };
  const target = await openTarget(graphqlConnector, { url, document, ...options }, { clock: createVirtualClock(), services });
  return {
    send: (body: unknown) => target.send(createMessage("m1", body), { mode: "call", key: "m1/ask/0" }),
    [Symbol.asyncDispose]: () => target.close(),
  };
}

test("the body is the variables, and the reply is the data of the answer", async () => {
  await using node = await openGraphql(routes);
  await using one = await client(node.url, { headers: { "X-Tenant": "de" } });
  expect(await one.send({ id: "7" })).toMatchObject({ body: { order: { id: "7", total: 2 } } });
  expect(node.received).toEqual([{ body: { id: "7" }, headers: { "x-tenant": "de" } }]);
});

test("a document may be parsed, or a file, or have several operations; variables may be computed", async () => {
  await using node = await openGraphql(routes);
  for (const given of [parse(document), parse(document, { noLocation: true }), "./get-order.graphql"]) {
    await using one = await client(node.url, { document: given }, { "./get-order.graphql": document });
    expect(await one.send({ id: "7" })).toMatchObject({ body: { order: { id: "7" } } });
  }
  const variables = ({ body }: { readonly body: { readonly order: string } }) => ({ id: body.order });
  await using chosen = await client(node.url, { document: `${document} query other { __typename }`, operation: "getOrder", variables });
  expect(await chosen.send({ order: "8" })).toMatchObject({ body: { order: { id: "8" } } });
});

test("a mutation has the key of its send, the same on every attempt", async () => {
  await using node = await openGraphql(routes);
  await using one = await client(node.url, { document: "mutation ($input: OrderInput!) { placeOrder(input: $input) { id } }" });
  expect(await one.send({ input: { id: "1" } })).toMatchObject({ body: { placeOrder: { id: "1" } } });
  expect(node.received[0]?.headers).toEqual({ "idempotency-key": "m1/ask/0" });
});

test.each([
  [
    {},
    { errors: [{ message: "no", path: ["order", "id"], extensions: { code: "FORBIDDEN" } }], data: { order: null } },
    "PORTOLAN_REMOTE_REJECTED",
    "FORBIDDEN: no (order.id)",
  ],
  [{}, { errors: [{ message: "later", extensions: { code: "INTERNAL_SERVER_ERROR" } }] }, "PORTOLAN_REMOTE_FAILED", "later"],
  [{}, { errors: [{ message: "later", extensions: { code: "X", kind: "transient" } }] }, "PORTOLAN_REMOTE_FAILED", "later"],
  [{ status: 503 }, { errors: [{ message: "later" }] }, "PORTOLAN_REMOTE_FAILED", "later"],
  [{ status: 400 }, { errors: [{ message: "wrong" }] }, "PORTOLAN_REMOTE_REJECTED", "wrong"],
  [{ status: 502 }, "<html>", "PORTOLAN_REMOTE_FAILED", "answered 502"],
  [{}, { hello: 1 }, "PORTOLAN_FORMAT_INVALID", "neither data nor errors"],
])("an answer %j %j is an error of its kind", async (init: { status?: number }, content, code, words) => {
  const { createServer } = await import("node:http");
  const { once } = await import("node:events");
  const server = createServer((_request, response) =>
    response.writeHead(init.status ?? 200).end(typeof content === "string" ? content : JSON.stringify(content)),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  try {
    await using one = await client(`http://127.0.0.1:${port}/graphql`, {});
    await expect(one.send({ id: "7" })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
      endpoint: expect.stringContaining("query getOrder"),
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test("what is no object cannot be variables", async () => {
  await using one = await client("http://127.0.0.1:1/graphql", {});
  await expect(one.send("7")).rejects.toMatchObject({ code: "PORTOLAN_CONTRACT_FAILED" });
});

test.each([
  [{ document: "query {" }, "cannot be read: Syntax Error"],
  [{ document: "fragment A on B { c }" }, "has no operation"],
  [{ document: "query a { b } query c { d }" }, "has several operations: a, c"],
  [{ document: "subscription { a }" }, "has a subscription"],
  [{ operation: "other" }, "has no operation other; it has getOrder"],
])("a document without the one operation that is meant is refused at start: %j", async (options, reason) => {
  await expect(client("http://127.0.0.1:1/", options)).rejects.toMatchObject({
    code: "PORTOLAN_CONFIG_INVALID",
    message: expect.stringContaining(reason),
  });
});

test("options that contradict one another are refused", () => {
  expect(targetFaultsOf({ url: "http://a.example/", subscription: "a" })).toEqual(["expected either subscription or url, found both"]);
  expect(targetFaultsOf({ url: "http://a.example/" })).toEqual(["url is given without document: what is asked there?"]);
  expect(targetFaultsOf({ url: "ftp://a.example/", document })).toEqual([expect.stringContaining("no absolute http or https URL")]);
  expect(targetFaultsOf({ url: "http://a.example/", document, contract: true })).toEqual(["contract is about a subscription"]);
  expect(targetFaultsOf({ subscription: "a", document })).toEqual(["document is about a server that is called"]);
  expect(targetFaultsOf({ url: "http://a.example/", document, headers: { Accept: "*/*" } })).toEqual([
    expect.stringContaining("set by the client itself"),
  ]);
});

test("a typed document gives the types of variables and data", () => {
  type Total = TypedDocument<{ readonly order: { readonly total: number } }, { readonly id: string }>;
  const typed: Total = parse(document);
  const url = "https://shop.example/graphql";
  expectTypeOf(graphql.call({ url, document: typed })).toEqualTypeOf<
    TargetRef<{ readonly id: string }, { readonly order: { readonly total: number } }>
  >();
  expectTypeOf(graphql.call<{ id: string }, { total: number }>({ url, document })).toEqualTypeOf<
    TargetRef<{ id: string }, { total: number }>
  >();
  expect(graphql.call({ url, document: typed, system: "shop" })).toMatchObject({ graphql: { url, document }, system: "shop" });
});
