import { expect, test } from "vitest";
import { createFormats } from "@portolan/formats";
import { openDoor, readRest } from "./door.test.support.ts";
import { describeDoors, doorOptions, restConnector } from "./index.ts";

const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` });

function document(security: object[], more: object = {}) {
  return {
    openapi: "3.1.0",
    info: { title: "Orders", version: "1" },
    paths: { "/orders": { get: { operationId: "list", security, responses: {}, ...more } } },
    components: {
      securitySchemes: {
        key: { type: "apiKey", in: "header", name: "X-Key" },
        inQuery: { type: "apiKey", in: "query", name: "api_key" },
        inCookie: { type: "apiKey", in: "cookie", name: "sid" },
        login: { type: "http", scheme: "Basic" },
        token: { type: "http", scheme: "bearer" },
        oauth: { type: "oauth2", flows: {} },
        digest: { type: "http", scheme: "digest" },
      },
    },
  };
}

const credentials = {
  key: { acme: "k1", other: "k2" },
  inQuery: { acme: "q" },
  inCookie: { acme: "c" },
  login: { ada: "p:w" },
  token: { bot: "t" },
  oauth: { app: "o" },
};

function open(security: object[], more: object = {}) {
  return openDoor({ options: { api: "openapi.yaml", operation: "list", credentials, ...more }, readFile: () => document(security) });
}

test.each<[object[], string, Record<string, string>, string]>([
  [[{ key: [] }], "", { "x-key": "k2" }, "other"],
  [[{ inQuery: [] }], "?api_key=q&a=1", {}, "acme"],
  [[{ inCookie: [] }], "", { cookie: "a=1; sid=c" }, "acme"],
  [[{ login: [] }], "", basic("ada", "p:w"), "ada"],
  [[{ token: [] }], "", { authorization: "bearer t" }, "bot"],
  [[{ oauth: ["read"] }], "", { authorization: "Bearer o" }, "app"],
  [[{ key: [] }, { token: [] }], "", { authorization: "Bearer t" }, "bot"],
  [[{ key: [], token: [] }], "", { "x-key": "k1", authorization: "Bearer t" }, "acme"],
])("%j lets in %s %j", async (security, query, headers, caller) => {
  await using node = await open(security);
  expect((await node.request(`/orders${query}`, { headers: { ...headers, caller: "forged" } })).status).toBe(200);
  const [message] = node.received;
  expect(message?.headers).toMatchObject({ caller });
  expect(JSON.stringify(message)).not.toMatch(/k1|k2|"q"|p:w|Bearer|sid|forged/);
});

test.each<[object[], string, Record<string, string>, string]>([
  [[{ key: [] }], "", {}, 'ApiKey in="header", name="X-Key"'],
  [[{ key: [] }], "", { "x-key": "k" }, 'ApiKey in="header", name="X-Key"'],
  [[{ login: [] }], "", basic("ada", "p"), 'Basic realm="api", charset="UTF-8"'],
  [[{ login: [] }], "", basic("eve", "p:w"), 'Basic realm="api", charset="UTF-8"'],
  [[{ login: [] }], "", { authorization: "Basic ===" }, 'Basic realm="api", charset="UTF-8"'],
  [[{ token: [] }], "", { authorization: "Basic t" }, "Bearer"],
  [[{ key: [], token: [] }], "", { "x-key": "k1" }, 'ApiKey in="header", name="X-Key", Bearer'],
])("%j refuses %s %j before the route sees it", async (security, query, headers, challenge) => {
  await using node = await open(security);
  const response = await node.request(`/orders${query}`, { headers });
  expect([response.status, response.headers.get("www-authenticate"), await response.json()]).toEqual([
    401,
    challenge,
    expect.objectContaining({ code: "PORTOLAN_UNAUTHENTICATED" }),
  ]);
  expect(node.received).toEqual([]);
});

test("where a description asks for nothing, or may, anybody comes in, and nobody's name is taken from the wire", async () => {
  for (const security of [[], [{}, { key: [] }]]) {
    await using node = await open(security);
    expect((await node.request("/orders", { headers: { caller: "forged" } })).status).toBe(200);
    expect(node.received[0]?.headers).not.toHaveProperty("caller");
  }
});

test("a refusal comes before limits and what is remembered, and pages of other origins can read it", async () => {
  const policies = { rateLimit: { requests: 1, per: "1m" as const }, cors: { origins: "*" }, cache: {} };
  await using node = await open([{ key: [] }], { policies });
  for (let count = 0; count < 3; count++) {
    const response = await node.request("/orders", { headers: { origin: "https://shop.example" } });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([401, "*"]);
  }
  expect((await node.request("/orders", { headers: { "x-key": "k1" } })).status).toBe(200);
});

test.each([
  [[{ digest: [] }], { digest: { ada: "x" } }, "the scheme digest is not checked here"],
  [[{ key: [] }], { nokey: { ada: "x" } }, 'no security scheme "nokey"'],
  [[{ key: [], token: [] }, { login: [] }], { key: { ada: "x" } }, "the door needs key with token or login"],
  [[{ key: [] }], { key: {} }, "expected callers and their secrets, found none"],
])("%j cannot be checked with %j, and that is said at start", async (security, given, reason) => {
  await expect(open(security, { credentials: given })).rejects.toThrow(reason);
  const services = { ...createFormats(), directory: ".", readFile: () => document(security) };
  const options = { api: "openapi.yaml", operation: "list", credentials: given };
  expect(await restConnector.source?.checkAll?.([{ options, path: "r" }], services)).toEqual([
    expect.objectContaining({ message: expect.stringContaining(reason) }),
  ]);
});

test("a door without a description has an API key, basic or bearer, and says so in the one that is made of it", async () => {
  const options = { get: "/orders", credentials: { apiKey: { acme: "k" }, bearer: { bot: "t" } } };
  await using node = await openDoor({ options });
  const statusOf = async (headers: Record<string, string>) => (await node.request("/orders", { headers })).status;
  expect([await statusOf({}), await statusOf({ "x-api-key": "k" }), await statusOf({ authorization: "Bearer t" })]).toEqual([
    401, 200, 200,
  ]);
  const { value } = readRest({ options: doorOptions }, options);
  const services = { ...createFormats(), directory: "." };
  // Read by the specs of the door just now.
  const door = { options: value as never, route: "list", tags: [], parameters: {} };
  const api = await describeDoors({ title: "Shop", version: "1", tags: [], doors: [door], services });
  expect([api.operations[0]?.security, api.securitySchemes]).toEqual([
    [{ apiKey: [] }, { bearer: [] }],
    { apiKey: { type: "apiKey", in: "header", name: "X-Api-Key" }, bearer: { type: "http", scheme: "bearer" } },
  ]);
  expect(readRest(restConnector.source, { get: "/orders", credentials: { digest: { a: "b" } } }).faults).toEqual([
    "credentials: expected apiKey, basic or bearer, found digest",
  ]);
});
