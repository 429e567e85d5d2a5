import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { loadConfig } from "@portolan/host";
import { expect, it } from "vitest";
import { docExamples } from "./doc-examples.ts";

const root = path.resolve(import.meta.dirname, "..");
const DOCUMENT = "docs/how-to/proxy-servers.md";

it("the proxies of the guide answer as it says", async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), "portolan-how-to-proxy-"));
  for (const { file, text } of docExamples(DOCUMENT, readFileSync(path.join(root, DOCUMENT), "utf8"))) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text);
  }
  expect(await loadConfig(path.join(folder, "shop-tls"), {})).toMatchObject({ http: { port: 8443, limits: { maxHeaders: 32 * 1024 } } });
  const servers = [await serve("legacy"), await serve("old"), await serve("new")];
  const [legacy = "", old = "", next = ""] = servers.map(urlOf);
  const node = startApp(folder, "shop", { LEGACY_URL: `${legacy}/base`, CATALOGUE_URL: old, CATALOGUE_NEXT_URL: next });
  const checked = startApp(folder, "shop-api", { ORDERS_URL: legacy });
  try {
    const origin = await readyAt(node.stdout);
    const answered = async (where: string, headers: Record<string, string> = {}) => (await fetch(origin + where, { headers })).json();
    expect(await answered("/legacy/a?b=c", { cookie: "x=1" })).toEqual({ name: "legacy", url: "/base/a?b=c", door: "portolan" });
    expect(await answered("/legacy/orders/7")).toEqual({ id: "7", from: "the new route" });
    const names = new Map<string, Set<unknown>>();
    for (let round = 0; round < 2; round++) {
      for (let customer = 0; customer < 100; customer++) {
        const { name } = (await answered("/catalogue", { "x-customer": `c-${customer}` })) as { readonly name: string };
        names.set(`c-${customer}`, (names.get(`c-${customer}`) ?? new Set()).add(name));
      }
    }
    expect([...names.values()].every((seen) => seen.size === 1)).toBe(true);
    const canaries = [...names.values()].filter((seen) => seen.has("new")).length;
    expect([canaries > 0, canaries < 15]).toEqual([true, true]);
    const shop = await readyAt(checked.stdout);
    const statusOf = async (where: string, init: RequestInit = {}) => (await fetch(shop + where, init)).status;
    const order = (body: string, type = "application/json") => ({ method: "POST", headers: { "content-type": type }, body });
    expect(await (await fetch(`${shop}/shop/orders?limit=100`)).json()).toEqual({ name: "legacy", url: "/orders?limit=100" });
    expect([await statusOf("/shop/orders?limit=101"), await statusOf("/shop/other")]).toEqual([400, 404]);
    expect([await statusOf("/shop/orders", { method: "PUT" }), await statusOf("/shop/orders", order("<a/>", "text/xml"))]).toEqual([
      405, 415,
    ]);
    expect([await statusOf("/shop/orders", order('{"quantity":1}')), await statusOf("/shop/orders", order('{"quantity":0}'))]).toEqual([
      200, 400,
    ]);
  } finally {
    for (const one of [node, checked]) {
      if (one.kill()) await once(one, "exit");
    }
    for (const server of servers) server.close();
    await rm(folder, { recursive: true, force: true });
  }
});

function startApp(folder: string, app: string, environment: Readonly<Record<string, string>>) {
  const command = path.join(root, "packages/portolan/bin/portolan.js");
  return spawn(process.execPath, ["--conditions=portolan-source", command, "start", app, "--port", "0", "--store", "memory"], {
    cwd: folder,
    env: { ...process.env, ...environment },
  });
}

async function serve(name: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { "x-door": door, cookie } = request.headers;
    response.setHeader("server", "old").end(JSON.stringify({ name, url: request.url, door, cookie }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function readyAt(output: NodeJS.ReadableStream): Promise<string> {
  let said = "";
  for await (const line of createInterface({ input: output })) {
    said += `${line}\n`;
    const entry = JSON.parse(line) as { readonly url?: string };
    if (entry.url !== undefined) return entry.url;
  }
  throw new Error(`it ended before it was ready:\n${said}`);
}
