import { request as httpRequest, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createRecordingLogger } from "@portolan/testkit";
import type { ProxyInput } from "../index.ts";
import { bodyOf, deadUrl, faultsOf, openSocket, startProxy, startUpstream } from "./proxy.test.support.ts";

/** A server that answers with its name. */
const named =
  (name: string): RequestListener =>
  (_request, response) =>
    void response.end(name);

async function answers(origin: string, times: number, init: RequestInit = {}): Promise<string[]> {
  const all: string[] = [];
  for (let time = 0; time < times; time++) all.push(await (await fetch(`${origin}/`, init)).text());
  return all;
}

test("several targets take turns, and the dead among them cost nobody an answer", async () => {
  await using one = await startUpstream(named("one"));
  await using two = await startUpstream(named("two"));
  await using node = await startProxy({ path: "/*", targets: [one.url, await deadUrl(), two.url], ejection: { failures: 2 } });
  const seen = await answers(node.origin, 12, { method: "POST", body: "x" });
  expect([seen.filter((name) => name === "one").length, new Set(seen)]).toEqual([6, new Set(["one", "two"])]);
  expect(node.proxy.targets.map(({ out }) => out)).toEqual([undefined, "ejected", undefined]);
});

test.each([1, 2, 3])("after an outage of all of %i targets requests are answered again as soon as they are back", async (count) => {
  const settings = { path: "/*", maxConnections: 1, ejection: { failures: 1, time: "1h", maxTime: "1h" } } as const;
  const servers = await Promise.all(Array.from({ length: count }, () => startUpstream(named("well"))));
  const ports = servers.map(({ port }) => port);
  await using node = await startProxy({ ...settings, targets: servers.map(({ url }) => url) });
  expect(new Set(await answers(node.origin, 6))).toEqual(new Set(["well"]));
  for (const server of servers) await server[Symbol.asyncDispose]();
  const during = await Promise.all(Array.from({ length: 20 }, () => fetch(`${node.origin}/`)));
  expect(new Set(during.map(({ status }) => status))).toEqual(new Set([502]));
  expect(node.proxy.targets.every(({ out, pending }) => out === "ejected" && pending === 0)).toBe(true);
  const again = await Promise.all(ports.map((port) => startUpstream(named("well"), port)));
  const statuses = await Promise.all(Array.from({ length: 20 }, () => fetch(`${node.origin}/`).then(({ status }) => status)));
  expect(statuses).toContain(200);
  expect(new Set(await answers(node.origin, 6))).toEqual(new Set(["well"]));
  for (const server of again) await server[Symbol.asyncDispose]();
});

test("a target that answers 503 is ejected as one that does not answer", async () => {
  let sick = true;
  await using one = await startUpstream((_request, response) => void response.writeHead(sick ? 503 : 200).end("one"));
  await using two = await startUpstream(named("two"));
  const { log, entries } = recorded();
  await using node = await startProxy({ path: "/*", targets: [one.url, two.url], ejection: { failures: 3, time: "150ms" } }, { log });
  const seen = await answers(node.origin, 20);
  expect(seen.filter((name) => name === "one")).toHaveLength(3);
  sick = false;
  await sleep(200);
  expect(new Set(await answers(node.origin, 4))).toEqual(new Set(["one", "two"]));
  expect(entries()).toEqual(["warn a target gets no requests", "info a target is back"]);
});

test("a target that does not answer in time is ejected, but not for callers who are slow with their bodies", async () => {
  await using upstream = await startUpstream(() => undefined);
  await using node = await startProxy({ path: "/*", targets: upstream.url, timeout: "60ms", ejection: { failures: 1 } });
  const socket = await openSocket(node.port);
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
  const [answer] = await once(socket, "data");
  socket.destroy();
  expect([String(answer).slice(9, 12), node.proxy.targets[0]?.out]).toEqual(["504", undefined]);
  expect([(await fetch(`${node.origin}/`)).status, node.proxy.targets[0]?.out]).toEqual([504, "ejected"]);
});

test("whenAllOut: refuse answers 503 with Retry-After and leaves the target in peace", async () => {
  let asked = 0;
  await using upstream = await startUpstream((_request, response) => {
    asked += 1;
    response.writeHead(500 + (asked < 3 ? 4 : 0)).end();
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url, ejection: { failures: 2 }, whenAllOut: "refuse" });
  await answers(node.origin, 2);
  const refused = await fetch(`${node.origin}/`);
  expect([refused.status, refused.headers.get("retry-after"), asked]).toEqual([503, "10", 2]);
  expect(await refused.json()).toMatchObject({ code: "PORTOLAN_TARGETS_OUT" });
});

test("health checks take a target out before any request fails, and bring it back", async () => {
  let healthy = true;
  const listener = (name: string, isWell: () => boolean) => (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === "/base/ping") response.writeHead(isWell() ? 204 : 500).end();
    else response.end(name);
  };
  await using one = await startUpstream(listener("one", () => healthy));
  await using two = await startUpstream(listener("two", () => true));
  const targets = [`${one.url}/base`, `${two.url}/base/`];
  await using node = await startProxy({ path: "/*", targets, health: { path: "/ping", interval: "20ms", failures: 2, successes: 2 } });
  const until = async (out: "unhealthy" | undefined) => {
    while (node.proxy.targets[0]?.out !== out) await sleep(10);
  };
  expect(new Set(await answers(node.origin, 4))).toEqual(new Set(["one", "two"]));
  healthy = false;
  await until("unhealthy");
  expect(new Set(await answers(node.origin, 4))).toEqual(new Set(["two"]));
  healthy = true;
  await until(undefined);
  expect(new Set(await answers(node.origin, 4))).toEqual(new Set(["one", "two"]));
});

test("a health check that gets no answer is a failure", async () => {
  await using silent = await startUpstream(() => undefined);
  await using node = await startProxy({ path: "/*", targets: silent.url, health: { interval: "10ms", timeout: "20ms", failures: 1 } });
  while (node.proxy.targets[0]?.out !== "unhealthy") await sleep(10);
  expect(node.proxy.targets[0]?.pending).toBe(0);
});

test("retry tries again after a bad answer, and the caller gets the last one with its body", async () => {
  let asked = 0;
  await using upstream = await startUpstream((request, response) => {
    asked += 1;
    const isWell = request.url === "/third" && asked === 3;
    response.writeHead(isWell ? 200 : 503, { "x-asked": asked }).end(isWell ? "at last" : `sorry ${asked}`);
  });
  await using node = await startProxy({
    path: "/*",
    targets: upstream.url,
    retry: { attempts: 3, wait: "1ms" },
    ejection: { failures: 100 },
  });
  const ask = async (path: string, init: RequestInit = {}) => {
    asked = 0;
    const response = await fetch(node.origin + path, init);
    return [response.status, await response.text(), response.headers.get("x-asked")];
  };
  expect(await ask("/third")).toEqual([200, "at last", "3"]);
  expect(await ask("/never")).toEqual([503, "sorry 3", "3"]);
  expect(await ask("/never", { method: "DELETE" })).toEqual([503, "sorry 3", "3"]);
  // Neither what may change something twice, nor what is gone once it was sent.
  expect(await ask("/third", { method: "POST" })).toEqual([503, "sorry 1", "1"]);
  expect(await ask("/third", { method: "PUT", body: "x" })).toEqual([503, "sorry 1", "1"]);
});

test("what was sent and is not idempotent is never sent twice", async () => {
  let asked = 0;
  await using upstream = await startUpstream((request) => {
    asked += 1;
    request.socket.destroy();
  });
  await using node = await startProxy({ path: "/*", targets: upstream.url, retry: {} });
  expect([(await fetch(`${node.origin}/`, { method: "POST" })).status, asked]).toEqual([502, 1]);
  asked = 0;
  expect([(await fetch(`${node.origin}/`)).status, asked]).toEqual([502, 3]);
});

test("hash keeps a caller at its target, by header or address", async () => {
  await using one = await startUpstream(named("one"));
  await using two = await startUpstream(named("two"));
  await using node = await startProxy(
    { path: "/*", targets: [one.url, two.url], balance: "hash", hashBy: "X-Customer" },
    { host: { trustedProxies: ["127.0.0.1"] } },
  );
  for (const header of ["x-customer", "x-forwarded-for"]) {
    const places = new Set<string>();
    for (let caller = 0; caller < 20; caller++) {
      const own = new Set(await answers(node.origin, 3, { headers: { [header]: `10.0.0.${caller}` } }));
      expect(own.size).toBe(1);
      places.add([...own][0] ?? "");
    }
    expect(places.size).toBe(2);
  }
});

test("paths lose their prefix and get that of the target, headers are set and removed", async () => {
  await using upstream = await startUpstream((request, response) => {
    response.writeHead(200, { server: "old", "x-keep": "1" }).end(JSON.stringify({ url: request.url, headers: request.headers }));
  });
  await using node = await startProxy({
    path: ["/legacy", "/legacy/*"],
    targets: `${upstream.url}/base/`,
    stripPrefix: "/legacy",
    host: "caller",
    requestHeaders: { set: { "X-Api-Key": "secret", via: "1.1 me" }, remove: ["Cookie", "x-forwarded-for"] },
    responseHeaders: { set: { "X-Served-By": "us" }, remove: ["Server"] },
  });
  const asked = async (path: string) => {
    const response = await fetch(node.origin + path, { headers: { cookie: "a=1", "x-api-key": "guess" } });
    expect([response.headers.get("server"), response.headers.get("x-keep"), response.headers.get("x-served-by")]).toEqual([
      null,
      "1",
      "us",
    ]);
    return (await response.json()) as { readonly url: string; readonly headers: Record<string, string> };
  };
  const { url, headers } = await asked("/legacy/a%20b/?x=%2F");
  expect(url).toBe("/base/a%20b/?x=%2F");
  expect(headers).toMatchObject({ host: new URL(node.origin).host, "x-api-key": "secret", via: "1.1 me" });
  expect([headers["cookie"], headers["x-forwarded-for"]]).toEqual([undefined, undefined]);
  expect((await asked("/legacy")).url).toBe("/base");
  expect((await asked("/legacy/")).url).toBe("/base/");
  expect((await asked("/%6cegacy/x")).url).toBe("/base/x");
});

test.each(["/p/../secret", "/p/%2e%2e/secret", "/p/..%2fsecret", "/p/a/..%5c..%5csecret", "/p/./x"])(
  "%s does not lead out of the paths that are proxied",
  async (path) => {
    let reached = 0;
    await using upstream = await startUpstream((_request, response) => {
      reached += 1;
      response.end();
    });
    await using node = await startProxy({ path: "/p/*", targets: `${upstream.url}/public`, stripPrefix: "/p" });
    // fetch would resolve the dots itself.
    const request = httpRequest({ host: "127.0.0.1", port: node.port, path }).end();
    const [response] = await once(request, "response");
    await bodyOf(response);
    expect([response.statusCode, reached]).toEqual([400, 0]);
  },
);

test("redirects to the target lead to the proxy", async () => {
  await using upstream = await startUpstream((request, response) => {
    const to = new URL(request.url ?? "", "http://x").searchParams.get("to") ?? "";
    response.writeHead(302, { location: to.replace("SELF", upstream.url) }).end();
  });
  await using node = await startProxy({ path: "/old/*", targets: `${upstream.url}/app`, stripPrefix: "/old" });
  const locationFor = async (to: string) => {
    const { headers } = await fetch(`${node.origin}/old/x?to=${encodeURIComponent(to)}`, { redirect: "manual" });
    return headers.get("location");
  };
  expect(await locationFor("SELF/app/login?x=1")).toBe("/old/login?x=1");
  expect(await locationFor("/app/login")).toBe("/old/login");
  for (const other of ["/elsewhere", "login", "//other.example/app/x", "https://other.example/app", "/application"])
    expect(await locationFor(other)).toBe(other);
});

test("policies hold for proxied requests", async () => {
  await using upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { "content-type": "application/json", "cache-control": "max-age=60" }).end(JSON.stringify("x".repeat(5000)));
  });
  const policies = { rateLimit: { requests: 2, per: "1h" }, compression: {}, cache: {} } as const;
  await using node = await startProxy({ path: "/*", targets: upstream.url, policies });
  const first = await fetch(`${node.origin}/`);
  expect([first.headers.get("content-encoding"), (await first.text()).length]).toEqual(["gzip", 5002]);
  const second = await fetch(`${node.origin}/`);
  expect([second.status, second.headers.get("age")]).toEqual([200, "0"]);
  expect((await fetch(`${node.origin}/`)).status).toBe(429);
});

test.each([
  [{ path: "x" }, "a path starts with /"],
  [{ stripPrefix: "/b" }, "not every request to /a/* has the prefix"],
  [{ stripPrefix: "b" }, "does not start with /"],
  [{ requestHeaders: { set: { connection: "close" } } }, "belongs to the connection"],
  [{ responseHeaders: { set: { "a b": "c" } } }, "is no name of a header"],
  [{ requestHeaders: { set: { a: "b\r\nc: d" } } }, "characters that no header can hold"],
  [{ policies: { cors: { origins: "*", credentials: true } } }, "policies: "],
  [{ retry: { attempts: 0 } }, "proxy.retry.attempts"],
  [{ targtes: "http://a" }, "proxy.targtes"],
])("%j is refused", (part, fault) => {
  expect(faultsOf({ path: "/a/*", targets: "http://a.example", ...part } as ProxyInput)).toContain(fault);
});

function recorded() {
  const log = createRecordingLogger();
  return { log, entries: () => log.entries.map(({ level, message }) => `${level} ${message}`) };
}
