import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { PortolanError, silentLogger, type Logger } from "@portolan/core";
import { expect, test } from "vitest";
import { createHttpHost, isDoorHost, type Door, type DoorMethod, type HttpHostOptions } from "./index.ts";

const JSON_HEADERS = { "content-type": "application/json" };

function door(method: DoorMethod, path: string, handle: Door["handle"]): Door {
  return { method, path, owner: "a test", handle };
}

async function startHost(doors: readonly Door[], options: Partial<HttpHostOptions> = {}) {
  const host = createHttpHost({ port: 0, log: silentLogger, ...options });
  for (const one of doors) host.mount(one);
  const { origin } = await host.listen();
  return { host, origin, [Symbol.asyncDispose]: () => host.close() };
}

/** A body that begins and never ends. */
function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("1")) });
}

const echo = door("POST", "/echo", async (exchange) => {
  exchange.reply(200, JSON_HEADERS, await exchange.readBody());
});

test("a door gets the parameters, the query, the headers and the body, and answers", async () => {
  const all = door("PUT", "/orders/:id", async (exchange) => {
    const { params, query, headers } = exchange;
    const body = Buffer.from(await exchange.readBody()).toString();
    exchange.reply(
      201,
      { location: `/orders/${params["id"]}`, "set-cookie": ["a=1", "b=2"] },
      JSON.stringify({ query, kind: headers["x-kind"], body }),
    );
  });
  await using node = await startHost([all]);
  const response = await fetch(`${node.origin}/orders/4%2F2?tag=a&tag=b&n=%C3%A4+1`, {
    method: "PUT",
    body: "grüße",
    headers: { "X-Kind": "test" },
  });
  expect(response.status).toBe(201);
  expect(response.headers.get("location")).toBe("/orders/4/2");
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.json()).toEqual({ query: { tag: ["a", "b"], n: "ä 1" }, kind: "test", body: "grüße" });
});

test("a body of many chunks arrives whole, and an empty one as nothing", async () => {
  await using node = await startHost([echo]);
  const big = Buffer.alloc(900_000, "abcdefg");
  const answered = await fetch(`${node.origin}/echo`, { method: "POST", body: big });
  expect(Buffer.from(await answered.arrayBuffer()).equals(big)).toBe(true);
  expect(await (await fetch(`${node.origin}/echo`, { method: "POST" })).text()).toBe("");
});

test("every reply names its request: with the caller's id if that is sound, else with one of its own", async () => {
  await using node = await startHost([echo]);
  const idOf = async (headers: Record<string, string>, path = "/echo") =>
    (await fetch(node.origin + path, { method: "POST", headers })).headers.get("x-request-id") ?? "";
  expect(await idOf({ "x-request-id": "abc-1" })).toBe("abc-1");
  const own = [await idOf({}), await idOf({}), await idOf({ "x-request-id": "a b" }), await idOf({}, "/nowhere")];
  expect(new Set(own).size).toBe(4);
  expect(own.every((id) => /^[\w-]+$/.test(id))).toBe(true);
});

test("an unknown path is 404 and an unknown method 405 with Allow, both as problem documents", async () => {
  await using node = await startHost([echo, door("GET", "/echo", (exchange) => exchange.reply(200, {}, "x"))]);
  const nowhere = await fetch(`${node.origin}/nowhere`);
  expect([nowhere.status, nowhere.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  expect(await nowhere.json()).toMatchObject({
    status: 404,
    title: "Not Found",
    instance: expect.stringMatching(/^urn:portolan:request:/),
  });
  const method = await fetch(`${node.origin}/echo`, { method: "DELETE" });
  expect([method.status, method.headers.get("allow")]).toEqual([405, "GET, POST, HEAD"]);
  expect((await fetch(`${node.origin}/%zz`)).status).toBe(400);
});

test("HEAD is answered by the GET door without the body", async () => {
  await using node = await startHost([door("GET", "/a", (exchange) => exchange.reply(200, {}, "hello"))]);
  const response = await fetch(`${node.origin}/a`, { method: "HEAD" });
  expect([response.status, response.headers.get("content-length"), await response.text()]).toEqual([200, "5", ""]);
});

test("live says that the process answers, ready asks the node", async () => {
  let ready = false;
  await using node = await startHost([], { ready: () => ({ ready, reasons: ["store"] }) });
  expect((await fetch(`${node.origin}/health/live`)).status).toBe(200);
  const not = await fetch(`${node.origin}/health/ready`);
  expect([not.status, await not.json()]).toEqual([503, { status: "notReady", reasons: ["store"] }]);
  ready = true;
  expect((await fetch(`${node.origin}/health/ready`)).status).toBe(200);
});

test("while the node is not ready an unknown path is 503: its door may come yet", async () => {
  let ready = false;
  await using node = await startHost([echo], { ready: () => ({ ready }) });
  const early = await fetch(`${node.origin}/a`);
  expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await fetch(`${node.origin}/echo`, { method: "POST" })).status).toBe(200);
  ready = true;
  expect((await fetch(`${node.origin}/a`)).status).toBe(404);
});

test("a door that throws answers a problem, and the next request is served", async () => {
  const logged: unknown[] = [];
  const log: Logger = { log: (level, message, fields) => void logged.push([level, message, fields?.["error"]]) };
  const doors = [
    door("GET", "/bug", () => {
      throw new TypeError("inside");
    }),
    door("GET", "/later", async () => {
      await Promise.reject(new PortolanError("PORTOLAN_THROTTLED", "slow down", { retryAfterMs: 2000 }));
    }),
    door("GET", "/silent", async () => {}),
    door("GET", "/header", (exchange) => exchange.reply(200, { "x-a": "a\r\nb: c" }, "x")),
    door("GET", "/fine", (exchange) => exchange.reply(200, {}, "fine")),
  ];
  await using node = await startHost(doors, { log });
  const bug = await fetch(`${node.origin}/bug`);
  expect(bug.status).toBe(500);
  expect(await bug.text()).not.toContain("inside");
  const later = await fetch(`${node.origin}/later`);
  expect([later.status, later.headers.get("retry-after")]).toEqual([429, "2"]);
  expect((await fetch(`${node.origin}/silent`)).status).toBe(500);
  expect((await fetch(`${node.origin}/header`)).status).toBe(500);
  expect(await (await fetch(`${node.origin}/fine`)).text()).toBe("fine");
  expect(logged).toEqual([
    ["error", "a request failed", "inside"],
    ["error", "a request failed", "a test: GET /silent ended without a reply"],
    ["error", "a request failed", expect.stringContaining("Invalid character")],
  ]);
});

test("a reply after the reply is a logged defect that leaves the first one whole", async () => {
  const logged: string[] = [];
  const twice = door("GET", "/twice", (exchange) => {
    exchange.reply(200, {}, "first");
    exchange.reply(200, {}, "second");
  });
  await using node = await startHost([twice], { log: { log: (_level, message) => void logged.push(message) } });
  expect(await (await fetch(`${node.origin}/twice`)).text()).toBe("first");
  expect(logged).toEqual(["a door failed after its reply"]);
});

test("a body beyond the limit is refused with 413, by its length and while it comes", async () => {
  await using node = await startHost([{ ...echo, maxBodyBytes: 10 }]);
  const declared = await fetch(`${node.origin}/echo`, { method: "POST", body: "12345678901" });
  expect([declared.status, await declared.json()]).toMatchObject([413, { code: "PORTOLAN_BODY_TOO_LARGE" }]);
  const chunks = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const text of ["123456", "789012"]) controller.enqueue(Buffer.from(text));
      controller.close();
    },
  });
  // `duplex` is not in the types of fetch yet, and a stream cannot be sent without it.
  const init = { method: "POST", body: chunks, duplex: "half" } as RequestInit;
  expect((await fetch(`${node.origin}/echo`, init)).status).toBe(413);
  expect((await fetch(`${node.origin}/echo`, { method: "POST", body: "1234567890" })).status).toBe(200);
});

test("a door that answers with what goes on gets the whole body, and may take its time then, too", async () => {
  const atOnce = door("POST", "/at-once", (exchange) => ({ body: (bytes) => exchange.reply(200, {}, bytes), lost() {} }));
  const later = door("POST", "/later", (exchange) => ({
    async body(bytes) {
      await new Promise(setImmediate);
      exchange.reply(200, {}, bytes);
    },
    lost() {},
  }));
  await using node = await startHost([atOnce, later]);
  const answer = async (path: string, body: string) => (await fetch(node.origin + path, { method: "POST", body })).text();
  const big = "x".repeat(300_000);
  expect(await answer("/at-once", big)).toBe(big);
  expect(await answer("/at-once", "")).toBe("");
  expect(await answer("/later", "some")).toBe("some");
});

test("what goes on with a body fails like the door itself: by throwing, later or without a reply", async () => {
  const failing = new PortolanError("PORTOLAN_FORMAT_INVALID", "no good");
  const bodies = {
    "/throws": () => {
      throw failing;
    },
    "/rejects": async () => Promise.reject(failing),
    "/forgets": () => undefined,
  };
  await using node = await startHost(Object.entries(bodies).map(([path, body]) => door("POST", path, () => ({ body, lost() {} }))));
  const codeOf = async (path: string) => {
    const response = await fetch(node.origin + path, { method: "POST", body: "x" });
    return [response.status, ((await response.json()) as { code: string }).code];
  };
  expect(await codeOf("/throws")).toEqual([400, "PORTOLAN_FORMAT_INVALID"]);
  expect(await codeOf("/rejects")).toEqual([400, "PORTOLAN_FORMAT_INVALID"]);
  expect(await codeOf("/forgets")).toEqual([500, undefined]);
});

test.each([
  ["is too large", { maxBodyBytes: 10 }, { body: "12345678901" }, 413],
  ["takes too long", { timeoutMs: 20 }, { body: endless() }, 504],
])("a door that waits for a body which %s is told once, and the caller, too", async (_what, limits, init, status) => {
  let lost = 0;
  const logged: string[] = [];
  const waiting = door("POST", "/wait", () => ({ body: () => expect.unreachable("it never comes"), lost: () => void (lost += 1) }));
  await using node = await startHost([{ ...waiting, ...limits }], { log: { log: (_level, message) => void logged.push(message) } });
  // `duplex` is not in the types of fetch yet, and a stream cannot be sent without it.
  const response = await fetch(`${node.origin}/wait`, { method: "POST", duplex: "half", ...init } as RequestInit);
  expect([response.status, lost, logged]).toEqual([status, 1, []]);
});

test("a door that waits for a body is told that its caller has gone", async () => {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const { promise: told, resolve: tell } = Promise.withResolvers<void>();
  const waiting = door("POST", "/wait", () => {
    begin();
    return { body: () => expect.unreachable("it never comes"), lost: tell };
  });
  await using node = await startHost([waiting]);
  const leaving = new AbortController();
  const init = { method: "POST", body: endless(), duplex: "half", signal: leaving.signal } as RequestInit;
  const request = fetch(`${node.origin}/wait`, init);
  await begun;
  leaving.abort();
  await expect(request).rejects.toThrow("aborted");
  await told;
});

test("a door that takes too long is overruled with 504 and told so", async () => {
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  const slow: Door = {
    ...door("GET", "/slow", async (exchange) => {
      await once(exchange.signal, "abort");
      resolve(exchange.signal.reason);
      exchange.reply(200, {}, "too late");
    }),
    timeoutMs: 20,
  };
  await using node = await startHost([slow]);
  const response = await fetch(`${node.origin}/slow`);
  expect([response.status, await response.json()]).toMatchObject([504, { code: "PORTOLAN_TIMEOUT" }]);
  expect(await told).toMatchObject({ code: "PORTOLAN_TIMEOUT" });
});

test("a door learns that its caller has gone", async () => {
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const waiting = door("GET", "/wait", async (exchange) => {
    begin();
    await once(exchange.signal, "abort");
    resolve([exchange.open, exchange.signal.reason]);
    exchange.reply(200, {}, "nobody hears");
  });
  await using node = await startHost([waiting]);
  const leaving = new AbortController();
  const request = fetch(`${node.origin}/wait`, { signal: leaving.signal });
  await begun;
  leaving.abort();
  await expect(request).rejects.toThrow("aborted");
  expect(await told).toMatchObject([false, { code: "PORTOLAN_CALLER_GONE" }]);
});

test("doors come and go while the host runs, and a table filled aside takes over whole", async () => {
  await using node = await startHost([door("GET", "/a", (exchange) => exchange.reply(200, {}, "old"))]);
  const next = node.host.createTable();
  next.mount(door("GET", "/a", (exchange) => exchange.reply(200, {}, "new")));
  next.mount(door("GET", "/b", (exchange) => exchange.reply(200, {}, "b")));
  const get = async (path: string) => (await fetch(node.origin + path)).text();
  expect(await get("/a")).toBe("old");
  node.host.replace(next);
  expect([await get("/a"), await get("/b")]).toEqual(["new", "b"]);
  const mounted = node.host.mount(door("GET", "/c", (exchange) => exchange.reply(200, {}, "c")));
  expect(await get("/c")).toBe("c");
  mounted.unmount();
  expect((await fetch(`${node.origin}/c`)).status).toBe(404);
  expect((await fetch(`${node.origin}/health/live`)).status).toBe(200);
});

test("a table that takes over under load loses no request", async () => {
  const answer = (text: string) =>
    door("GET", "/a", async (exchange) => {
      await new Promise(setImmediate);
      exchange.reply(200, {}, text);
    });
  await using node = await startHost([answer("0")]);
  let running = true;
  const statuses = new Set<number>();
  const caller = async () => {
    while (running) {
      const response = await fetch(`${node.origin}/a`);
      await response.text();
      statuses.add(response.status);
    }
  };
  const callers = [caller(), caller(), caller(), caller()];
  for (let round = 1; round <= 20; round++) {
    const next = node.host.createTable();
    next.mount(answer(String(round)));
    await fetch(`${node.origin}/health/live`);
    node.host.replace(next);
  }
  running = false;
  await Promise.all(callers);
  expect([...statuses]).toEqual([200]);
});

test("a port that is taken is said to be, with what to do", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const host = createHttpHost({ port, log: silentLogger });
  await expect(host.listen()).rejects.toMatchObject({
    code: "PORTOLAN_PORT_IN_USE",
    message: expect.stringContaining(String(port)),
    hint: expect.any(String),
  });
  await host.close();
  other.close();
});

test("an address of another machine is refused", async () => {
  await using host = createHttpHost({ host: "192.0.2.1", port: 0, log: silentLogger });
  await expect(host.listen()).rejects.toMatchObject({ code: "PORTOLAN_CONFIG_INVALID" });
});

test("it listens on loopback unless told, and knows where", async () => {
  await using host = createHttpHost({ port: 0, log: silentLogger });
  expect(host.address).toBeUndefined();
  const address = await host.listen();
  expect(address.host).toBe("127.0.0.1");
  expect(address.origin).toBe(`http://127.0.0.1:${address.port}`);
  expect(host.address).toEqual(address);
  expect([isDoorHost(host), isDoorHost(host.createTable()), isDoorHost({}), isDoorHost(undefined)]).toEqual([true, true, false, false]);
});

test("a stream is sent as it is made, and its maker is stopped when the caller leaves", async () => {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  async function* endless() {
    try {
      for (let n = 0; ; n++) {
        yield Buffer.from(`${n}\n`.padEnd(65_536, " "));
        await new Promise(setImmediate);
      }
    } finally {
      end();
    }
  }
  async function* three() {
    for (const text of ["a", "b", "c"]) yield Buffer.from(text);
  }
  async function* broken() {
    yield Buffer.from("a");
    throw new Error("broken");
  }
  await using node = await startHost([
    door("GET", "/endless", (exchange) => exchange.replyStream(200, {}, endless())),
    door("GET", "/three", (exchange) => exchange.replyStream(200, { "content-type": "text/plain" }, three())),
    door("GET", "/broken", (exchange) => exchange.replyStream(200, {}, broken())),
  ]);
  expect(await (await fetch(`${node.origin}/three`)).text()).toBe("abc");
  await expect(fetch(`${node.origin}/broken`).then((response) => response.text())).rejects.toThrow(/fetch failed|terminated/);
  const reader = (await fetch(`${node.origin}/endless`)).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await ended;
  expect(await (await fetch(`${node.origin}/three`)).text()).toBe("abc");
});
