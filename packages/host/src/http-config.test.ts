import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { createServer as createHttpsServer, request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { defineConnector, option, PortolanError, required, silentLogger, type Clock } from "@portolan/core";
import { isDoorHost } from "@portolan/gateway";
import { createCertificate, createTemporaryFolder, type TemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { checkApp, createSystemClock, loadApp, loadConfig, startNode, type NodeOptions, type Platform } from "./index.ts";
import { createTestPlatform } from "./platform.test.support.ts";

async function findingsOf(http: unknown): Promise<readonly string[]> {
  await using folder = await createTemporaryFolder();
  await folder.put("portolan.config.json", { http });
  const error: unknown = await loadConfig(folder.root, {}).catch((thrown: unknown) => thrown);
  return (error as { findings: { path: string; message: string }[] }).findings.map(({ path, message }) => `${path}: ${message}`);
}

test.each([
  [{ proxies: { a: { path: "/a" } } }, 'config.http.proxies.a: option "targets" is missing'],
  [{ proxies: { a: { path: "/a", targets: "x" } } }, 'config.http.proxies.a: targets: "x" is no http or https address'],
  [{ proxies: { a: { path: "/a", targets: "http://b", retires: {} } } }, 'config.http.proxies.a.retires: unknown key "retires"'],
  [{ trustedProxies: ["10.0.0.0/99"] }, 'config.http.trustedProxies: trustedProxies: "10.0.0.0/99" is no address or network'],
  [{ limits: { maxConnections: 0 } }, "config.http.limits.maxConnections: wrong value"],
  [{ proxies: { a: { path: "/a", targets: "https://b", tls: { cert: "c" } } } }, "config.http.proxies.a: tls: cert and key go together"],
  [{ proxies: { a: { path: "/a", targets: "https://b", apiBase: "/c" } } }, "config.http.proxies.a: apiBase says nothing without api"],
  [{ tls: { cert: "a" } }, 'config.http.tls: option "key" is missing'],
  [{ tls: { cert: "a", key: "b", requestCert: true } }, "config.http.tls: requestCert needs ca"],
  [{ tls: { cert: "a", key: "b", ca: "c" } }, "config.http.tls: ca says nothing without requestCert: true"],
])("%j is refused with its place", async (http, finding) => {
  expect((await findingsOf(http)).join("\n")).toContain(finding);
});

async function start(folder: TemporaryFolder, config: object, settings: Partial<NodeOptions> = {}) {
  await folder.put("portolan.config.json", config);
  await writeText(folder, "a.flow.yaml", "routes: { r: { from: [{ tap: { name: in } }], steps: [] } }");
  const platform = createTestPlatform();
  const app = await loadApp({ path: folder.root, platform, environment: {} });
  const node = await startNode({ app, platform, log: silentLogger, store: "memory", http: { port: 0 }, ...settings });
  return { node, url: node.url ?? "", [Symbol.asyncDispose]: async () => void (await node.stop()) };
}

async function serve(answer: string): Promise<Server & AsyncDisposable> {
  const server = createServer((_request, response) => void response.end(answer));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test("the proxies of the configuration are mounted behind the policies of the host and their own, and closed with the node", async () => {
  await using folder = await createTemporaryFolder();
  await using upstream = await serve("from the target");
  const proxies = {
    a: { path: "/a/*", targets: urlOf(upstream), policies: { addresses: { deny: "127.0.0.1" } } },
    b: { path: "/b/*", targets: urlOf(upstream), policies: { idempotency: {} } },
  };
  const app = await start(folder, { http: { proxies, policies: { rateLimit: { requests: 3, per: "1h" } } } });
  expect((await fetch(`${app.url}/a/x`)).status).toBe(403);
  const headers = { "idempotency-key": "k" };
  for (let time = 0; time < 2; time++) {
    const response = await fetch(`${app.url}/b/x`, { method: "POST", headers, body: "x" });
    expect([response.status, await response.text()]).toEqual([200, "from the target"]);
  }
  expect((await fetch(`${app.url}/b/x`)).status).toBe(200);
  expect((await fetch(`${app.url}/b/x`)).status).toBe(429);
  expect((await app.node.stop()).drained).toBe(true);
  await expect(fetch(`${app.url}/b/x`)).rejects.toThrow("fetch failed");
});

test("a proxy whose place is taken is refused at start, and nothing stays open", async () => {
  await using folder = await createTemporaryFolder();
  const proxies = { a: { path: "/x", targets: "http://127.0.0.1:1" }, b: { path: "/x", targets: "http://127.0.0.1:1" } };
  await expect(start(folder, { http: { proxies } })).rejects.toThrow("proxy b: GET /x is taken by proxy a");
});

test("with tls the host speaks HTTPS, and notices a certificate that is renewed", async () => {
  await using folder = await createTemporaryFolder();
  const authority = createCertificate("authority");
  const put = async (issuer: typeof authority) => {
    const { cert, key } = createCertificate("host", issuer);
    await Promise.all([writeText(folder, "cert.pem", cert), writeText(folder, "key.pem", key)]);
  };
  await put(authority);
  const looks: (() => void)[] = [];
  const system = createSystemClock();
  const clock: Clock = {
    now: system.now,
    after(delayMs, callback) {
      if (delayMs !== 10_000) return system.after(delayMs, callback);
      looks.push(callback);
      return { cancel() {} };
    },
  };
  await using app = await start(folder, { http: { tls: { cert: "cert.pem", key: "key.pem" } } }, { clock });
  expect(app.url).toMatch(/^https:/);
  expect(await statusOf(app.url, authority.cert)).toBe(200);
  const next = createCertificate("next authority");
  await put(next);
  await expect(statusOf(app.url, next.cert)).rejects.toThrow(/certificate/);
  while ((await statusOf(app.url, next.cert).catch(() => 0)) !== 200) looks.shift()?.();
  await expect(statusOf(app.url, authority.cert)).rejects.toThrow(/certificate/);
});

test("a certificate that is not there, or is none, is told at start", async () => {
  await using folder = await createTemporaryFolder();
  await expect(start(folder, { http: { tls: { cert: "cert.pem", key: "key.pem" } } })).rejects.toThrow("cannot be read");
  await writeText(folder, "cert.pem", "x");
  await writeText(folder, "key.pem", "x");
  await expect(start(folder, { http: { tls: { cert: "cert.pem", key: "key.pem" } } })).rejects.toThrow(
    "the certificate, its key or the authority of callers cannot be used",
  );
});

test("a proxy trusts the authority of its tls, shows its certificate, and tells at start what cannot be used", async () => {
  await using folder = await createTemporaryFolder();
  const authority = createCertificate("authority");
  const { cert, key } = createCertificate("localhost", authority);
  const own = createCertificate("proxy", authority);
  const upstream = createHttpsServer({ cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: true }, (_request, response) =>
    response.end("inside"),
  ).listen(0, "127.0.0.1");
  await once(upstream, "listening");
  try {
    await writeText(folder, "inside.pem", authority.cert);
    await writeText(folder, "proxy.pem", own.cert);
    const { port } = upstream.address() as AddressInfo;
    const proxied = (tls?: object) => ({
      http: { proxies: { p: { path: "/*", targets: `https://localhost:${port}`, ...(tls && { tls }) } } },
    });
    const whole = { ca: "inside.pem", cert: "proxy.pem", key: own.key };
    for (const [tls, expected] of [
      [whole, 200],
      [{ ca: whole.ca }, 502],
      [undefined, 502],
    ] as const) {
      await using app = await start(folder, proxied(tls));
      expect((await fetch(`${app.url}/x`)).status).toBe(expected);
    }
    await expect(start(folder, proxied({ ...whole, ca: "none.pem" }))).rejects.toThrow("proxy p: tls: none.pem cannot be read");
    await expect(start(folder, proxied({ ...whole, key }))).rejects.toThrow("ca, cert or key cannot be used");
  } finally {
    upstream.close();
    upstream.closeAllConnections();
  }
});

test("an API description of a proxy that cannot be used is found by a check, and refused where nothing reads one", async () => {
  await using folder = await createTemporaryFolder();
  const http = { proxies: { p: { path: "/*", targets: "http://127.0.0.1:1/base/", api: "./openapi.yaml", apiBase: "/v1" } } };
  await expect(start(folder, { http })).rejects.toThrow("proxy p: there is nothing here that reads the API description ./openapi.yaml");
  const wanted: unknown[] = [];
  const platform: Platform = {
    ...createTestPlatform(),
    openRequestCheck(given, { directory }) {
      wanted.push([given, directory]);
      return Promise.reject(new PortolanError("PORTOLAN_CONFIG_INVALID", "it is no description", { hint: "write one" }));
    },
  };
  const { errors } = await checkApp(await loadApp({ path: folder.root, platform, environment: {} }), platform);
  expect(errors).toEqual([{ path: "config.http.proxies.p.api", message: "it is no description", hint: "write one" }]);
  expect(wanted).toEqual([[{ api: "./openapi.yaml", apiBase: "/v1", targetPath: "/base" }, folder.root]]);
});

test("limits and trusted proxies of the configuration hold", async () => {
  await using folder = await createTemporaryFolder();
  const http = {
    limits: { maxHeaders: "2kb" },
    trustedProxies: "127.0.0.1",
    policies: { addresses: { deny: "10.0.0.0/8" } },
    proxies: { a: { path: "/*", targets: "http://127.0.0.1:1" } },
  };
  await using app = await start(folder, { http });
  expect((await fetch(`${app.url}/a`, { headers: { "x-a": "a".repeat(3000) } })).status).toBe(431);
  expect((await fetch(`${app.url}/a`, { headers: { "x-forwarded-for": "10.1.1.1, 127.0.0.1" } })).status).toBe(403);
  expect((await fetch(`${app.url}/a`, { headers: { "x-forwarded-for": "10.1.1.1, 11.1.1.1" } })).status).toBe(502);
});

const writeText = (folder: TemporaryFolder, name: string, text: string) => writeFile(folder.path(name), text);

async function statusOf(url: string, ca: string): Promise<number> {
  const request = httpsRequest(`${url}/health/live`, { ca, agent: false }).end();
  const [response] = await once(request, "response");
  response.resume();
  return response.statusCode as number;
}

test("a reload swaps all doors at once under load: no request fails, none gets a mixture, and one in process is finished by the old version", async () => {
  await using folder = await createTemporaryFolder();
  await using upstream = await serve("from the target");
  const platform = createDoorPlatform();
  const load = async (version: string) => {
    const route = (name: string) =>
      `  ${name}: { from: [{ door: { path: /${name}, says: "${version}" } }], steps: [{ delay: { for: 20 } }] }`;
    await writeText(folder, "a.flow.yaml", `routes:\n${[route("a"), route("b")].join("\n")}\n`);
    return loadApp({ path: folder.root, platform, environment: {} });
  };
  await folder.put("portolan.config.json", { http: { proxies: { p: { path: "/p", targets: urlOf(upstream) } } } });
  const node = await startNode({ app: await load("1"), platform, log: silentLogger, store: "memory", http: { port: 0 } });
  const url = node.url ?? "";
  const seen: { readonly path: string; readonly status: number; readonly text: string }[] = [];
  let isOver = false;
  const call = async (path: string) => {
    while (!isOver) {
      const response = await fetch(url + path);
      seen.push({ path, status: response.status, text: await response.text() });
    }
  };
  const callers = ["/a", "/b", "/a", "/b", "/p", "/health/live"].map(call);
  for (const version of ["2", "3", "4"]) {
    await sleep(60);
    await node.reload(await load(version));
    expect(await (await fetch(`${url}/b`)).text()).toBe(version);
  }
  const broken = await load("5");
  platform.refuse = "5";
  await expect(node.reload(broken)).rejects.toThrow("refused");
  expect(await (await fetch(`${url}/a`)).text()).toBe("4");
  isOver = true;
  await Promise.all(callers);
  expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
  for (const path of ["/a", "/b"]) {
    const versions = seen.filter((one) => one.path === path).map(({ text }) => text);
    expect([...new Set(versions)]).toEqual(["1", "2", "3", "4"]);
  }
  await folder.put("portolan.config.json", { http: { port: 1 } });
  await expect(node.reload(await load("6"))).rejects.toThrow("the configuration has changed");
  await node.stop();
  await expect(node.reload(broken)).rejects.toMatchObject({ code: "PORTOLAN_STOPPING" });
});

/** A platform whose one connector mounts doors, and refuses to open the one that says what it is told. */
function createDoorPlatform() {
  const base = createTestPlatform();
  const control = { refuse: "" };
  const door = defineConnector({
    name: "door",
    title: "Door",
    summary: "A door.",
    source: {
      summary: "A door.",
      options: { path: required(option.name, "Its path"), says: required(option.name, "What it answers") },
      describe: ({ path }) => path,
      replies: true,
      async open({ path, says }, context) {
        if (says === control.refuse) throw new Error("refused");
        const { http } = context.services;
        if (!isDoorHost(http)) throw new Error("no HTTP host");
        const mounted = http.mount({
          method: "GET",
          path,
          owner: context.route,
          async handle(exchange) {
            await context.deliver({ body: "" }, { mode: "request" });
            exchange.reply(200, {}, says);
          },
        });
        return { close: async () => mounted.unmount() };
      },
    },
  });
  return Object.assign(control, base, { connectors: [door] });
}
