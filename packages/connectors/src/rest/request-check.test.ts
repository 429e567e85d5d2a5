import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { PortolanError, silentLogger, type Clock } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { createHttpHost, openProxy, readProxy, type ProxyInput } from "@portolan/gateway";
import { expect, test } from "vitest";
import { openRequestCheck } from "./index.ts";

const API = {
  openapi: "3.1.0",
  info: { title: "Orders", version: "1" },
  paths: {
    "/orders": {
      get: {
        parameters: [
          { name: "limit", in: "query", schema: { type: "integer", maximum: 10 } },
          { name: "state", in: "query", schema: { type: "array", items: { enum: ["open", "paid"] } }, explode: false },
          { name: "x-tenant", in: "header", required: true, schema: { type: "string", pattern: "^t-" } },
          { name: "session", in: "cookie", schema: { type: "integer" } },
        ],
        responses: { 200: { description: "ok" } },
      },
      post: {
        requestBody: {
          required: true,
          content: {
            "application/json": { schema: { $ref: "#/components/schemas/Order" } },
            "application/x-www-form-urlencoded": { schema: { $ref: "#/components/schemas/Order" } },
            "image/png": {},
          },
        },
        responses: { 201: { description: "ok" } },
      },
    },
    "/orders/{id}": {
      get: { parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }], responses: {} },
    },
    "/orders/{key}": {
      delete: { parameters: [{ name: "key", in: "path", required: true, schema: { type: "integer" } }], responses: {} },
    },
    "/orders/{id}/pay": { post: { responses: {} } },
  },
  components: {
    schemas: {
      Order: {
        type: "object",
        required: ["id", "quantity"],
        properties: { id: { type: "string", readOnly: true }, quantity: { type: "integer", minimum: 1 } },
      },
    },
  },
};

const clock: Clock = {
  now: () => Date.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** A proxy on a real port before a server that tells what it got. */
async function startChecked(input: Partial<ProxyInput> = {}, api: object = API, base = "") {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      const body = Buffer.concat(chunks).toString("latin1");
      seen.push(`${request.method} ${request.url} ${body}`.trim());
      response.setHeader("x-length", String(request.headers["content-length"]));
      response.end(body);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const targets = `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`;
  const services = {
    ...createFormats(),
    directory: "/app",
    readFile(path: string) {
      if (path === "./api.json") return api;
      throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${path} is not there`);
    },
  };
  const options = readProxy({ path: "/*", targets, api: "./api.json", ...input });
  const proxy = await openProxy("p", options, { clock, log: silentLogger, openCheck: (wanted) => openRequestCheck(wanted, services) });
  const host = createHttpHost({ port: 0, log: silentLogger });
  proxy.mount(host);
  const { origin } = await host.listen();
  return {
    seen,
    async ask(where: string, init: RequestInit = {}) {
      const response = await fetch(origin + where, init);
      const text = await response.text();
      return { status: response.status, headers: response.headers, text };
    },
    async [Symbol.asyncDispose]() {
      await host.close({ deadlineMs: 0 });
      await proxy.close();
      server.close();
      await once(server, "close");
    },
  };
}

const json = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body,
});

test("what the description does not have never reaches a target", async () => {
  await using proxy = await startChecked();
  const unknown = await proxy.ask("/other");
  expect([unknown.status, unknown.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  const method = await proxy.ask("/orders/7", { method: "PUT" });
  expect([method.status, method.headers.get("allow")]).toEqual([405, "GET, DELETE, HEAD"]);
  expect((await proxy.ask("/orders/7/")).status).toBe(404);
  expect(proxy.seen).toEqual([]);
});

test.each([
  ["/orders?limit=11", { "x-tenant": "t-1" }, "#/query/limit"],
  ["/orders?limit=many", { "x-tenant": "t-1" }, "#/query/limit"],
  ["/orders?state=open,lost", { "x-tenant": "t-1" }, "#/query/state/1"],
  ["/orders", {}, "#/headers/x-tenant"],
  ["/orders", { "x-tenant": "other" }, "#/headers/x-tenant"],
  ["/orders", { "x-tenant": "t-1", cookie: "session=abc" }, "#/cookies/session"],
  ["/orders/seven", {}, "#/path/id"],
])("parameters of %s with %j are refused at %s", async (where, headers, pointer) => {
  await using proxy = await startChecked();
  const { status, text } = await proxy.ask(where, { headers });
  const { errors } = JSON.parse(text) as { readonly errors: readonly { readonly pointer: string }[] };
  expect([status, errors[0]?.pointer]).toEqual([400, pointer]);
  expect(proxy.seen).toEqual([]);
});

test("a request that follows the description goes on as it came", async () => {
  await using proxy = await startChecked();
  const where = "/orders?limit=10&state=open,paid&more=%20x";
  expect(await proxy.ask(where, { headers: { "x-tenant": "t-1", cookie: "session=7; other=x" } })).toMatchObject({ status: 200 });
  expect((await proxy.ask("/orders/7", { method: "HEAD" })).status).toBe(200);
  expect((await proxy.ask("/orders/8", { method: "DELETE" })).status).toBe(200);
  const body = '{ "quantity": 1.0,  "quantity": 2, "more": "ä" }';
  const { status, headers } = await proxy.ask("/orders", json(body));
  expect([status, headers.get("x-length")]).toEqual([200, String(Buffer.byteLength(body))]);
  await proxy.ask("/orders", json("quantity=3", { "content-type": "application/x-www-form-urlencoded" }));
  await proxy.ask("/orders", json("PNG", { "content-type": "image/png" }));
  await proxy.ask("/orders/7/pay", { method: "POST" });
  expect(proxy.seen).toEqual([
    `GET ${where}`,
    "HEAD /orders/7",
    "DELETE /orders/8",
    `POST /orders ${Buffer.from(body).toString("latin1")}`,
    "POST /orders quantity=3",
    "POST /orders PNG",
    "POST /orders/7/pay",
  ]);
});

test.each<[string, RequestInit, number]>([
  ["not what the schema says", json('{"quantity":0}'), 400],
  ["no JSON", json('{"quantity":'), 400],
  ["missing", { method: "POST" }, 400],
  ["empty", json(""), 400],
  ["of another type", json("<a/>", { "content-type": "text/xml" }), 415],
  ["compressed", json("x", { "content-encoding": "gzip" }), 415],
  ["too large", json(JSON.stringify({ quantity: 1, more: "x".repeat(200) })), 413],
  ["a form that does not follow", json("quantity=none", { "content-type": "application/x-www-form-urlencoded" }), 400],
])("a body that is %s is refused", async (_what, init, expected) => {
  await using proxy = await startChecked({ maxBody: 100 });
  const { status, headers, text } = await proxy.ask("/orders", init);
  expect([status, headers.get("content-type")]).toEqual([expected, "application/problem+json"]);
  expect(JSON.parse(text)).toMatchObject({ status: expected });
  expect(proxy.seen).toEqual([]);
});

test("a body where the description has none is refused", async () => {
  await using proxy = await startChecked();
  const { status, text } = await proxy.ask("/orders/7/pay", json("{}"));
  expect([status, text]).toEqual([400, expect.stringContaining("this operation has none")]);
  expect(proxy.seen).toEqual([]);
});

test("without a limit of its own a body may be as large as at any door of the host", async () => {
  await using proxy = await startChecked();
  const { status } = await proxy.ask("/orders", json(JSON.stringify({ quantity: 1, more: "x".repeat(1024 * 1024) })));
  expect(status).toBe(413);
});

test.each<[string, Partial<ProxyInput>, object, string, string, string]>([
  ["its server", { path: "/v1/*" }, { ...API, servers: [{ url: "https://shop.example/v1/" }] }, "", "/v1/orders/7", "/v1/orders/7"],
  ["the target", { path: "/s/*", stripPrefix: "/s" }, API, "/base", "/s/orders/7", "/base/orders/7"],
  ["server and target", { path: "/s/*", stripPrefix: "/s" }, { ...API, servers: [{ url: "/v1" }] }, "/v1", "/s/orders/7", "/v1/orders/7"],
  ["apiBase", { apiBase: "/x/" }, { ...API, servers: [{ url: "/v1" }] }, "", "/x/orders/7", "/x/orders/7"],
  ["apiBase, the root", { apiBase: "/" }, { ...API, servers: [{ url: "/v1" }] }, "", "/orders/7", "/orders/7"],
])("paths of the description begin where %s says", async (_what, input, api, base, where, arrived) => {
  await using proxy = await startChecked(input, api, base);
  expect((await proxy.ask(where)).status).toBe(200);
  expect((await proxy.ask(`${where}/more`)).status).toBe(404);
  expect(proxy.seen).toEqual([`GET ${arrived}`]);
});

test("a browser's question about an operation goes to the target", async () => {
  await using proxy = await startChecked();
  const preflight = { "access-control-request-method": "DELETE", origin: "https://a.example" };
  expect((await proxy.ask("/orders/7", { method: "OPTIONS", headers: preflight })).status).toBe(200);
  expect((await proxy.ask("/orders", { method: "OPTIONS", headers: preflight })).status).toBe(405);
  expect(proxy.seen).toEqual(["OPTIONS /orders/7"]);
});

test("a description that cannot be used is told at the start", async () => {
  await expect(startChecked({ api: "./none.json" })).rejects.toThrow("./none.json is not there");
  await expect(startChecked({}, { openapi: "9" })).rejects.toThrow("expected 3.0, 3.1 or 3.2");
});
