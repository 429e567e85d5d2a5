import { connect } from "node:net";
import { once } from "node:events";
import { createContracts } from "@portolan/formats";
import { expect, test } from "vitest";
import { restConnector } from "./index.ts";
import { answering, json, openDoor, readRest } from "./door.test.support.ts";

test("a JSON body becomes the body of the message, and the result the reply", async () => {
  await using node = await openDoor({ options: { post: "/orders" }, deliver: answering({ status: "accepted" }) });
  const response = await node.request("/orders", json({ id: "o1", lines: [1, 2] }));
  expect([response.status, response.headers.get("content-type"), await response.json()]).toEqual([
    200,
    "application/json",
    { status: "accepted" },
  ]);
  expect(node.received).toEqual([{ body: { id: "o1", lines: [1, 2] }, headers: expect.objectContaining({ "user-agent": "node" }) }]);
});

test.each([
  ["put", "PUT"],
  ["patch", "PATCH"],
  ["query", "QUERY"],
] as const)("%s is a door with a body", async (key, method) => {
  await using node = await openDoor({ options: { [key]: "/a" } });
  expect(await (await node.request("/a", { ...json([1]), method })).json()).toEqual([1]);
  expect((await node.request("/a", json([1]))).status).toBe(405);
});

test("a request without a body has its parameters as body, and every parameter is a header as well", async () => {
  await using node = await openDoor({ options: { get: "/quakes/:region/:id" } });
  const response = await node.request("/quakes/north%20sea/7?minMagnitude=5&tag=a&tag=b&id=query");
  expect(await response.json()).toEqual({ region: "north sea", id: "7", minMagnitude: "5", tag: ["a", "b"] });
  expect(node.received[0]?.headers).toMatchObject({
    "path-region": "north sea",
    "path-id": "7",
    "query-minMagnitude": "5",
    "query-tag": ["a", "b"],
    "query-id": "query",
  });
});

test("parameters of a request with a body are headers, and callers cannot forge them", async () => {
  await using node = await openDoor({ options: { post: "/orders/:id" } });
  await node.request("/orders/7?dry=yes", json({}, { "path-id": "8", "query-admin": "true", "Path-Other": "x" }));
  const { headers } = node.received[0] ?? {};
  expect(headers).toMatchObject({ "path-id": "7", "query-dry": "yes" });
  expect(Object.keys(headers ?? {})).not.toEqual(expect.arrayContaining(["query-admin"]));
  expect(Object.keys(headers ?? {})).not.toEqual(expect.arrayContaining(["path-other"]));
});

test("texts of parameters become what the route's contract wants of them", async () => {
  const input = createContracts({ directory: import.meta.dirname }).compile({
    jsonSchema: {
      type: "object",
      properties: {
        min: { type: "number" },
        deep: { $ref: "#/$defs/Flag" },
        ids: { type: "array", items: { type: "integer" } },
        name: { type: "string" },
      },
      $defs: { Flag: { type: "boolean" } },
    },
  });
  await using node = await openDoor({ options: { get: "/quakes" }, input });
  const body = async (query: string) => (await node.request(`/quakes?${query}`)).json();
  expect(await body("min=5.5&deep=true&ids=1&name=7&other=7")).toEqual({ min: 5.5, deep: true, ids: [1], name: "7", other: "7" });
  expect(await body("ids=1&ids=2&min=many&deep=yes")).toEqual({ ids: [1, 2], min: "many", deep: "yes" });
  expect(await body("ids=9007199254740993")).toEqual({ ids: ["9007199254740993"] });
});

test("contracts of parameters convert, refuse with 400, and say what is wrong where", async () => {
  const parameters = {
    path: { type: "object", properties: { id: { type: "integer", minimum: 1 } } },
    query: { type: "object", properties: { limit: { type: "integer", maximum: 100 } }, required: ["limit"], additionalProperties: false },
    headers: { type: "object", properties: { "x-tenant": { type: "string", minLength: 2 } }, required: ["x-tenant"] },
  };
  await using node = await openDoor({ options: { post: "/orders/:id", parameters } });
  const send = (path: string, headers: Record<string, string> = { "x-tenant": "de" }) => node.request(path, json({}, headers));
  expect((await send("/orders/7?limit=10")).status).toBe(200);
  expect(node.received[0]?.headers).toMatchObject({ "path-id": 7, "query-limit": 10, "x-tenant": "de" });
  const pointers = async (response: Response) => {
    expect(response.status).toBe(400);
    // The shape of a problem document.
    const { errors } = (await response.json()) as { errors: { pointer: string }[] };
    return errors.map(({ pointer }) => pointer);
  };
  expect(await pointers(await send("/orders/0?limit=10"))).toEqual(["#/path/id"]);
  expect(await pointers(await send("/orders/1?limit=many"))).toEqual(["#/query/limit"]);
  expect(await pointers(await send("/orders/1?limit=1", { "x-tenant": "d" }))).toEqual(["#/headers/x-tenant"]);
  expect((await send("/orders/1?limit=1&more=1")).status).toBe(400);
  expect(node.received).toHaveLength(1);
});

test("credentials and headers of the connection are left out unless kept", async () => {
  const secret = { authorization: "Bearer t", cookie: "a=b", "x-api-key": "k", "x-trace": "1" };
  await using plain = await openDoor({ options: { post: "/a" } });
  await plain.request("/a", json({}, secret));
  expect(Object.keys(plain.received[0]?.headers ?? {}).toSorted()).toEqual(["accept-language", "sec-fetch-mode", "user-agent", "x-trace"]);
  await using keeping = await openDoor({ options: { post: "/a", keepHeaders: ["Authorization", "host"] } });
  await keeping.request("/a", json({}, secret));
  expect(keeping.received[0]?.headers).toMatchObject({ authorization: "Bearer t", host: expect.stringContaining("127.0.0.1") });
  expect(keeping.received[0]?.headers).not.toHaveProperty("cookie");
});

test("headers that Connection names stay with the connection", async () => {
  await using node = await openDoor({ options: { get: "/a" } });
  const socket = connect(node.port, "127.0.0.1");
  socket.write("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\n\r\n");
  await once(socket, "data");
  socket.destroy();
  expect(node.received[0]?.headers).toEqual({ "x-end": "2" });
});

test("an empty body is null, whatever its type", async () => {
  await using node = await openDoor({ options: { post: "/a" } });
  await node.request("/a", { method: "POST" });
  await node.request("/a", { method: "POST", headers: { "content-type": "application/json" } });
  expect(node.received.map(({ body }) => body)).toEqual([null, null]);
});

test("bodies are read by the format of their media type", async () => {
  await using node = await openDoor({ options: { post: "/a" } });
  const send = (type: string, body: string) => node.request("/a", { method: "POST", body, headers: { "content-type": type } });
  await send("text/csv", "id,name\n1,a\n");
  await send("application/vnd.shop+json; charset=utf-8", '{"a":1}');
  await send("text/plain;charset=iso-8859-1", "a");
  expect(node.received.map(({ body }) => body)).toEqual([[{ id: "1", name: "a" }], { a: 1 }, "a"]);
  expect(node.received[0]?.headers).not.toHaveProperty("content-type");
});

test("a body that no format reads is 415, and so is one that the door does not take or that is compressed", async () => {
  await using node = await openDoor({ options: { post: "/a", consumes: "application/json" } });
  const send = async (headers: Record<string, string>) => (await node.request("/a", { method: "POST", body: "{}", headers })).status;
  expect(await send({ "content-type": "application/json" })).toBe(200);
  expect(await send({ "content-type": "text/csv" })).toBe(415);
  expect(await send({ "content-type": "image/png" })).toBe(415);
  expect(await send({ "content-type": "application/json; charset=latin1" })).toBe(415);
  expect(await send({ "content-type": "application/json", "content-encoding": "gzip" })).toBe(415);
  await using other = await openDoor({ options: { post: "/a" } });
  expect((await other.request("/a", { method: "POST", body: "x", headers: { "content-type": "image/png" } })).status).toBe(415);
});

test("a media type without a format arrives as bytes with its type, and goes back as such", async () => {
  await using node = await openDoor({ options: { post: "/a", consumes: ["image/*"] } });
  const response = await node.request("/a", { method: "POST", body: Buffer.from([0, 255]), headers: { "content-type": "image/png" } });
  expect(node.received[0]?.headers).toMatchObject({ "content-type": "image/png" });
  expect([response.headers.get("content-type"), [...(await response.bytes())]]).toEqual(["image/png", [0, 255]]);
});

test("JSON that is not valid is 400 with the place, small or large, and broken UTF-8 is not guessed at", async () => {
  await using node = await openDoor({ options: { post: "/a" } });
  const send = (body: string | Uint8Array) =>
    node.request("/a", { method: "POST", body: Buffer.from(body), headers: { "content-type": "application/json" } });
  for (const padding of [0, 5000]) {
    const response = await send(`{"a": 1,\n"b": x}${" ".repeat(padding)}`);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { code: "PORTOLAN_FORMAT_INVALID", detail: expect.stringContaining("line 2") },
    ]);
  }
  expect((await send(Buffer.from([0x22, 0xff, 0x22]))).status).toBe(400);
  expect((await send("[".repeat(3000) + "]".repeat(3000))).status).toBe(400);
  expect(await (await send("\uFEFF[1]")).json()).toEqual([1]);
  expect(node.received).toHaveLength(1);
});

test("a name like __proto__ in a body or a query is data", async () => {
  await using node = await openDoor({ options: { post: "/a" } });
  await node.request("/a", { method: "POST", body: '{"__proto__":{"admin":true}}', headers: { "content-type": "application/json" } });
  const body = node.received[0]?.body;
  expect([Object.hasOwn(Object(body), "__proto__"), Object(body).admin]).toEqual([true, undefined]);
  await using get = await openDoor({ options: { get: "/a" } });
  await get.request("/a?__proto__=x&constructor=y");
  expect(Object.keys(Object(get.received[0]?.body))).toEqual(["__proto__", "constructor"]);
});

test("a body larger than maxBody is 413", async () => {
  await using node = await openDoor({ options: { post: "/a", maxBody: "1kb" } });
  expect((await node.request("/a", json("x".repeat(1022)))).status).toBe(200);
  expect((await node.request("/a", json("x".repeat(1023)))).status).toBe(413);
});

test("a door has policies of its own, and those that contradict themselves are told at start", async () => {
  await using node = await openDoor({ options: { get: "/a", policies: { rateLimit: { requests: 1, per: "1m" } } } });
  expect((await node.request("/a")).status).toBe(200);
  const refused = await node.request("/a");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "60"]);
  expect(node.received).toHaveLength(1);
  const { faults } = readRest(restConnector.source, { get: "/a", policies: { addresses: { deny: "everyone" } } });
  expect(faults).toEqual([expect.stringContaining('addresses: "everyone" is no address')]);
});
