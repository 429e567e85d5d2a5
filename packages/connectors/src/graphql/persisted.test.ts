import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { faultsOf, openGraphql } from "./graphql.test.support.ts";

const query = "{ hello }";
const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const persistedQuery = { version: 1, sha256Hash: hash(query) };

async function send(url: string, body: unknown) {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } });
  return { status: response.status, ...((await response.json()) as object) };
}

function open(options: object = {}, files: Record<string, unknown> = {}) {
  return openGraphql([{ options: { query: "hello", ...options }, answer: () => "hello" }], { files });
}

const found = { status: 200, data: { hello: "hello" } };

test("an operation that came with its hash is known by it from then on, by GET as well", async () => {
  await using node = await open();
  const unknown = { status: 200, errors: [{ message: "PersistedQueryNotFound", extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }] };
  expect(await send(node.url, { extensions: { persistedQuery } })).toEqual(unknown);
  expect(await send(node.url, { query, extensions: { persistedQuery } })).toEqual(found);
  expect(await send(node.url, { extensions: { persistedQuery } })).toEqual(found);
  const byGet = await fetch(`${node.url}?extensions=${encodeURIComponent(JSON.stringify({ persistedQuery }))}`);
  expect(await byGet.json()).toEqual({ data: found.data });
});

test("a hash that is not that of its operation, or no hash at all, is refused", async () => {
  await using node = await open();
  const wrong = await send(node.url, { query: "{ __typename }", extensions: { persistedQuery } });
  expect(wrong).toMatchObject({ errors: [{ extensions: { code: "PERSISTED_QUERY_HASH_MISMATCH" } }] });
  expect(await send(node.url, { query, extensions: { persistedQuery: { version: 2 } } })).toMatchObject({
    errors: [{ extensions: { code: "BAD_REQUEST" } }],
  });
  expect(node.received).toEqual([]);
});

test("only so many operations are remembered", async () => {
  await using node = await open();
  await send(node.url, { query, extensions: { persistedQuery } });
  for (let index = 0; index < 1000; index += 1) {
    const other = `{ a${index}: hello }`;
    await send(node.url, { query: other, extensions: { persistedQuery: { version: 1, sha256Hash: hash(other) } } });
  }
  expect(await send(node.url, { extensions: { persistedQuery } })).toMatchObject({ errors: [{ message: "PersistedQueryNotFound" }] });
});

test.each([
  ["a map", { [hash(query)]: query }],
  [
    "a manifest",
    { format: "apollo-persisted-query-manifest", version: 1, operations: [{ id: hash(query), name: "a", type: "query", body: query }] },
  ],
])("with %s of operations, and nothing else, others are refused", async (_name, file) => {
  await using node = await open({ persisted: "./operations.json", persistedOnly: true }, { "./operations.json": file });
  expect(await send(node.url, { extensions: { persistedQuery } })).toEqual(found);
  expect(await send(node.url, { documentId: hash(query) })).toEqual(found);
  expect(await send(node.url, { query })).toEqual(found);
  node.received.length = 0;
  const other = "{ again: hello }";
  expect(await send(node.url, { query: other })).toMatchObject({ errors: [{ extensions: { code: "PERSISTED_QUERY_ONLY" } }] });
  expect(await send(node.url, { query: other, extensions: { persistedQuery: { version: 1, sha256Hash: hash(other) } } })).toMatchObject({
    errors: [{ extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } }],
  });
  expect(await send(node.url, { query: other, documentId: hash(query) })).toEqual(found);
  expect(node.received).toHaveLength(1);
});

test("a file without operations, and a door that takes only those of none, are refused", async () => {
  await expect(open({ persisted: "a.json" }, { "a.json": [] })).rejects.toMatchObject({ code: "PORTOLAN_CONFIG_INVALID" });
  await expect(open({ persisted: "a.json" }, { "a.json": { one: 7 } })).rejects.toThrow('"one" is no operation');
  expect(faultsOf({ query: "a", persistedOnly: true })).toEqual([expect.stringContaining("none is given")]);
});

test("lists of operations are refused, unless so many are allowed", async () => {
  await using single = await open();
  expect(
    (await fetch(single.url, { method: "POST", body: JSON.stringify([{ query }]), headers: { "content-type": "application/json" } }))
      .status,
  ).toBe(400);
  await using several = await open({ limits: { operations: 2 } });
  const list = async (length: number) => {
    const body = JSON.stringify(Array.from({ length }, () => ({ query })));
    const response = await fetch(several.url, { method: "POST", body, headers: { "content-type": "application/json" } });
    return { status: response.status, body: await response.json() };
  };
  expect(await list(2)).toEqual({ status: 200, body: [{ data: found.data }, { data: found.data }] });
  expect((await list(3)).status).toBe(413);
  expect(several.received).toHaveLength(2);
});

test("a door that tells no schema answers neither introspection nor its text", async () => {
  await using node = await openGraphql([{ options: { query: "one", introspection: false } }, { options: { query: "two" } }]);
  expect(await node.ask("{ __schema { __typename } }")).toMatchObject({ errors: [{ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }] });
  expect(await node.ask("{ ones }")).toMatchObject({ errors: [{ message: 'Cannot query field "ones" on type "Query".' }] });
  expect(await node.ask("{ __typename one }")).toMatchObject({ data: { __typename: "Query", one: {} } });
  expect((await fetch(`${node.url}/schema.graphql`)).status).toBe(404);
});

test("a request that takes too long keeps what is there, and its open fields fail", async () => {
  await using node = await openGraphql([
    { options: { query: "fine" } },
    {
      options: { query: "slow", timeout: "5m", requestTimeout: "3s" },
      answer: () => new Promise(() => {}),
      after(delayMs, fire) {
        expect(delayMs).toBe(3000);
        queueMicrotask(fire);
        return { cancel() {} };
      },
    },
  ]);
  expect(await node.ask("{ fine slow }")).toMatchObject({
    data: { fine: {}, slow: null },
    errors: [{ extensions: { code: "PORTOLAN_TIMEOUT" } }],
  });
});

test("every error has a code", async () => {
  await using node = await openGraphql([
    { options: { query: "hello" }, input: { type: "object", properties: { n: { type: "integer" } } } },
  ]);
  const code = async (text: string, variables?: object) =>
    ((await node.ask(text, variables)) as { errors?: { extensions?: object }[] }).errors?.[0]?.extensions;
  expect(await code("{ hello")).toMatchObject({ code: "GRAPHQL_PARSE_FAILED" });
  expect(await code("{ nothing }")).toMatchObject({ code: "GRAPHQL_VALIDATION_FAILED" });
  expect(await code("query ($n: Int) { hello(n: $n) }", { n: "x" })).toMatchObject({ code: "BAD_USER_INPUT" });
  expect(await code("query A { hello } query B { hello }")).toMatchObject({ code: "OPERATION_RESOLUTION_FAILURE" });
  expect(await send(node.url, { query: 7 })).toMatchObject({ errors: [{ extensions: { code: "BAD_REQUEST" } }] });
});
