import { once } from "node:events";
import {
  PortolanError,
  createMessage,
  type ContractCheck,
  type DeliverOptions,
  type HeaderValue,
  type Incoming,
  type SourceContext,
} from "@portolan/core";
import { createContracts, createFormats } from "@portolan/formats";
import { expect, test } from "vitest";
import { answering, echo, json, openDoor, readRest } from "./door.test.support.ts";
import { rest, restConnector } from "./index.ts";

const door = restConnector.source;

test("a message without a result is answered with null", async () => {
  await using node = await openDoor({ options: { post: "/a" }, deliver: async () => undefined });
  const response = await node.request("/a", json({}));
  expect([response.status, await response.text()]).toEqual([200, "null"]);
});

test("Accept chooses among the formats", async () => {
  await using node = await openDoor({ options: { get: "/a" }, deliver: answering([{ id: 1, name: "a" }]) });
  const get = async (accept: string) => {
    const response = await node.request("/a", { headers: { accept } });
    return [response.headers.get("content-type"), await response.text()];
  };
  expect(await get("*/*")).toEqual(["application/json", '[{"id":1,"name":"a"}]']);
  expect(await get("text/html, */*;q=0.1")).toEqual(["application/json", '[{"id":1,"name":"a"}]']);
  expect((await get("text/csv"))[1]).toMatch(/^id,name\r?\n1,a\r?\n$/);
  expect((await get("application/json;q=0.5, text/csv"))[0]).toBe("text/csv");
  expect((await get("text/*;q=0.5, application/*;q=0.1"))[0]).toBe("text/csv");
  expect((await get("application/json;q=0, */*"))[0]).toBe("application/x-ndjson");
});

test("an Accept that the door cannot meet is 406, before anything is processed", async () => {
  await using node = await openDoor({ options: { post: "/a", produces: "application/json" } });
  const response = await node.request("/a", json({}, { accept: "text/csv, image/*" }));
  expect([response.status, await response.json()]).toMatchObject([406, { code: "PORTOLAN_NOT_ACCEPTABLE" }]);
  expect(node.received).toEqual([]);
});

test("text stays JSON, bytes stay bytes, and a content-type of the route says what a text is", async () => {
  const reply = async (body: unknown, headers: Record<string, HeaderValue> = {}) => {
    await using node = await openDoor({ options: { get: "/a" }, deliver: answering(body, headers) });
    const response = await node.request("/a");
    return [response.status, response.headers.get("content-type"), await response.text()];
  };
  expect(await reply("a")).toEqual([200, "application/json", '"a"']);
  expect(await reply(Buffer.from("a"))).toEqual([200, "application/octet-stream", "a"]);
  expect(await reply("<p>", { "Content-Type": "text/html; charset=utf-8" })).toEqual([200, "text/html; charset=utf-8", "<p>"]);
  expect(await reply("a,b\r\n", { "content-type": "text/csv" })).toEqual([200, "text/csv", "a,b\r\n"]);
  expect(await reply([{ a: 1 }], { "content-type": "text/csv" })).toEqual([200, "text/csv", expect.stringMatching(/^a\r?\n1/)]);
  expect(await reply({ a: 1 }, { "content-type": "application/vnd.a+json" })).toEqual([200, "application/vnd.a+json", '{"a":1}']);
  expect((await reply({ a: 1 }, { "content-type": "image/png" }))[0]).toBe(500);
  expect((await reply({ a: 1n }))[0]).toBe(500);
});

test("a result chooses its status and sends the headers of the list, and no other", async () => {
  const headers = {
    "HTTP-Status": 201,
    Location: "/orders/7",
    etag: '"1"',
    "set-cookie": ["a=1", "b=2"],
    "x-inside": "secret",
    "x-shown": "yes",
  };
  await using node = await openDoor({ options: { post: "/a", replyHeaders: ["X-Shown"] }, deliver: answering({ id: 7 }, headers) });
  const response = await node.request("/a", json({}, { "x-shown": "from the request" }));
  expect(response.status).toBe(201);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    location: "/orders/7",
    etag: '"1"',
    "x-shown": "yes",
    "content-type": "application/json",
  });
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect([response.headers.has("x-inside"), response.headers.has("http-status")]).toEqual([false, false]);
  expect(node.received[0]?.headers).not.toHaveProperty("x-shown");
});

test("what a request says about itself does not come back with the reply", async () => {
  await using node = await openDoor({ options: { post: "/a" } });
  const said = { "cache-control": "no-cache", "http-status": "299", "content-type": "text/csv", link: "<x>", "set-cookie": "a=b" };
  const response = await node.request("/a", { method: "POST", body: "a\n1\n", headers: said });
  expect([
    response.status,
    response.headers.get("content-type"),
    response.headers.get("cache-control"),
    response.headers.get("link"),
  ]).toEqual([200, "application/json", null, null]);
});

test("the status of the door is that of success, and 204 has no body", async () => {
  await using created = await openDoor({ options: { post: "/a", status: 201 } });
  expect((await created.request("/a", json({}))).status).toBe(201);
  await using empty = await openDoor({ options: { delete: "/a/:id", status: 204 }, deliver: answering({ gone: true }) });
  const response = await empty.request("/a/1", { method: "DELETE" });
  expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([204, null, ""]);
});

test("HEAD is answered like GET, without the body", async () => {
  await using node = await openDoor({ options: { get: "/a" }, deliver: answering({ a: 1 }) });
  const response = await node.request("/a", { method: "HEAD" });
  expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([200, "7", ""]);
});

test("mode accept answers with the message's id, after the unit of work and as its sender", async () => {
  const { promise: committed, resolve: commit } = Promise.withResolvers<void>();
  const options: (DeliverOptions | undefined)[] = [];
  await using node = await openDoor({
    options: { post: "/a", mode: "accept" },
    async deliver(incoming, delivery) {
      options.push(delivery);
      await committed;
      return createMessage(incoming.id ?? "", "result");
    },
  });
  let answered = false;
  const request = node.request("/a", json({ a: 1 })).finally(() => (answered = true));
  await expect.poll(() => node.received.length).toBe(1);
  expect(answered).toBe(false);
  commit();
  const response = await request;
  expect([response.status, await response.json()]).toEqual([202, { id: node.received[0]?.id }]);
  expect(node.received[0]?.id).toMatch(/^\w{10,}$/);
  expect(options).toEqual([{ mode: "oneWay", failure: "report" }]);
});

test("mode accept tells of a failure, for nothing was accepted then", async () => {
  const deliver = () => Promise.reject(new PortolanError("PORTOLAN_STORE_FAILED", "disk full"));
  await using node = await openDoor({ options: { post: "/a", mode: "accept" }, deliver });
  expect((await node.request("/a", json({}))).status).toBe(503);
});

test("failures of the route are answered by their kind, as problem documents", async () => {
  const failing = async (error: unknown, input?: ContractCheck) => {
    await using node = await openDoor({
      options: { post: "/a" },
      deliver: () => Promise.reject(error),
      ...(input === undefined ? {} : { input }),
    });
    const response = await node.request("/a", json({ a: 1 }));
    return [response.status, response.headers.get("content-type"), await response.json()];
  };
  const type = "application/problem+json";
  expect(await failing(new PortolanError("PORTOLAN_CONNECTION_FAILED", "10.0.0.7"))).toMatchObject([503, type, { kind: "transient" }]);
  expect(await failing(new PortolanError("PORTOLAN_VALIDATION_FAILED", "too many"))).toMatchObject([400, type, { detail: "too many" }]);
  expect(await failing(new PortolanError("PORTOLAN_THROWN", "no"))).toMatchObject([422, type, { detail: "no" }]);
  expect(await failing(new TypeError("inside"))).toMatchObject([500, type, { kind: "defect" }]);
});

test("a breach of the input contract is 400 with its fields, and one of what the route made of a sound body is 500", async () => {
  const contracts = createContracts({ directory: import.meta.dirname });
  const input = contracts.compile({ jsonSchema: { type: "object", required: ["id"] } });
  const breach = new PortolanError("PORTOLAN_CONTRACT_FAILED", "a contract", {
    findings: [{ path: "id", message: "is missing" }],
    messageId: "m7",
  });
  await using node = await openDoor({ options: { post: "/a" }, deliver: () => Promise.reject(breach), input });
  const ofInput = await node.request("/a", json({}));
  expect([ofInput.status, await ofInput.json()]).toMatchObject([400, { errors: [{ pointer: "#/id", detail: "is missing" }] }]);
  const ofOutput = await node.request("/a", json({ id: 1 }));
  expect([ofOutput.status, await ofOutput.json()]).toEqual([
    500,
    expect.objectContaining({ instance: "urn:portolan:message:m7", kind: "defect" }),
  ]);
});

test("routes that answer at once are served like those that take their time", async () => {
  const input = createContracts({ directory: import.meta.dirname }).compile({ jsonSchema: { type: "object" } });
  const refusal = () => new PortolanError("PORTOLAN_CONTRACT_FAILED", "input contract: the body is not accepted");
  const answer = ({ body }: Incoming) => {
    if (body === 1 || (body as { readonly breaks?: boolean }).breaks === true) throw refusal();
    if (body === 2) throw new PortolanError("PORTOLAN_STOPPING", "the node is stopping");
    return body === 3 ? Promise.resolve(createMessage("m", "later")) : createMessage("m", body);
  };
  await using node = await openDoor({ options: { post: "/a" }, answer, input });
  const post = async (body: unknown) => {
    const response = await node.request("/a", json(body));
    return [response.status, response.status === 200 ? await response.json() : undefined];
  };
  expect(await post({ id: 7 })).toEqual([200, { id: 7 }]);
  expect(await post(3)).toEqual([200, "later"]);
  expect(await post(1)).toEqual([400, undefined]);
  expect(await post({ breaks: true })).toEqual([500, undefined]);
  expect(await post(2)).toEqual([503, undefined]);
  expect((await node.request("/a", { method: "POST", body: "{", headers: { "content-type": "application/json" } })).status).toBe(400);
  // Would not end if any of these were still counted as in process.
  await node.running?.close();
});

test("a caller that leaves cancels the steps in progress", async () => {
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  await using node = await openDoor({
    options: { post: "/a" },
    async deliver(_incoming, options) {
      if (options?.signal === undefined) return undefined;
      await once(options.signal, "abort");
      resolve(options.signal.reason);
      throw options.signal.reason;
    },
  });
  const leaving = new AbortController();
  const request = node.request("/a", { ...json({}), signal: leaving.signal });
  await expect.poll(() => node.received.length).toBe(1);
  leaving.abort();
  await expect(request).rejects.toThrow("aborted");
  expect(await told).toMatchObject({ code: "PORTOLAN_CALLER_GONE" });
});

test("a route that takes longer than the door's timeout is 504", async () => {
  await using node = await openDoor({ options: { post: "/a", timeout: 30 }, deliver: () => new Promise(() => {}) });
  expect((await node.request("/a", json({}))).status).toBe(504);
});

test("closing waits for what is in process, refuses the rest, and leaves the path free", async () => {
  const { promise: go, resolve } = Promise.withResolvers<void>();
  await using node = await openDoor({
    options: { post: "/a" },
    async deliver(incoming) {
      await go;
      return echo(incoming);
    },
  });
  const inProcess = node.request("/a", json(1));
  await expect.poll(() => node.received.length).toBe(1);
  let isClosed = false;
  const closed = node.running?.close().then(() => (isClosed = true));
  const refused = await node.request("/a", json(2));
  expect([refused.status, isClosed]).toEqual([503, false]);
  resolve();
  expect((await inProcess).status).toBe(200);
  await closed;
  expect((await node.request("/a", json(3))).status).toBe(404);
  expect(node.received.map(({ body }) => body)).toEqual([1]);
});

test("a door without an HTTP host says what is missing", async () => {
  const { value } = readRest(door, { post: "/a" });
  const formats = createFormats();
  // Only the services are looked at before the error.
  const context = { route: "r", services: { ...formats, directory: "." } } as unknown as SourceContext;
  await expect(async () => door?.open(value ?? {}, context)).rejects.toMatchObject({
    code: "PORTOLAN_CONFIG_INVALID",
    hint: expect.any(String),
  });
});

test.each([
  [{}, "expected one method"],
  [{ get: "/a", post: "/a" }, "found get and post"],
  [{ get: "a" }, "a path starts with /"],
  [{ get: "/a/x:id" }, "is no path pattern"],
  [{ get: "/a", consumes: "text/csv" }, "GET has none"],
  [{ get: "/a", parameters: { path: {} } }, "has none"],
  [{ post: "/a", mode: "accept", produces: "text/csv" }, "the id only"],
  [{ post: "/a", status: 404 }, "wrong value"],
  [{ post: "/a", statuz: 200 }, 'unknown key "statuz"'],
])("the options %j are refused: %s", (options, why) => {
  expect(readRest(door, options).faults.join("; ")).toContain(why);
});

test("a door is described by its method and path", () => {
  const { value } = readRest(door, { ...Object.values(rest.post("/orders/:id"))[0] });
  expect(door?.describe(value ?? {})).toBe("POST /orders/:id");
});

test.each([
  ["a door of several types", {}, {}, "accept"],
  ["a door of one type", { produces: ["application/json"] }, {}, null],
  ["a route that varies by more", {}, { vary: "accept-language" }, "accept, accept-language"],
])("%s tells caches what its replies were chosen by", async (_name, options, headers, vary) => {
  await using node = await openDoor({ options: { get: "/a", ...options }, deliver: answering({ a: 1 }, headers) });
  expect((await node.request("/a")).headers.get("vary")).toBe(vary);
});
