import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { silentLogger } from "@portolan/core";
import { patterns, readApp } from "@portolan/engine";
import { createSystemClock, loadConfig, startNode } from "@portolan/host";
import { platform } from "../../../packages/cli/src/platform.ts";
import { orderSchema, ordersDocument } from "./schemas.ts";

/**
 * Starts a node with so many REST doors, each with a contract of its own: `node start-portolan.ts ROUTES [api]`. Writes the CPU seconds that
 * this took; loading the code is not in it. With `api` the contracts come from one API description.
 */
const [count, kind] = [Number(process.argv[2]), process.argv[3]];
const directory = mkdtempSync(path.join(os.tmpdir(), "portolan-contracts-"));
writeFileSync(path.join(directory, "openapi.json"), JSON.stringify(ordersDocument(count)));
const config = await loadConfig(directory, {});
const sourceOf = (index: number) => (kind === "api" ? { api: "openapi.json", operation: `put${index}` } : { put: `/orders-${index}/:id` });
const routes = Array.from({ length: count }, (_, index) => [
  `route-${index}`,
  { ...(kind === "api" ? {} : { input: { jsonSchema: orderSchema(index) } }), from: [{ rest: sourceOf(index) }], steps: [] },
]);

const before = process.cpuUsage();
const input = { name: "contracts", flows: [], trees: [{ routes: Object.fromEntries(routes) as unknown }] };
const definition = readApp(input, { patterns, connectors: platform.connectors, variables: () => undefined });
const app = { definition, input, config, directory, files: [] };
const node = await startNode({ app, platform, log: silentLogger, clock: createSystemClock(), http: { port: 0 }, store: "memory" });
const { user, system } = process.cpuUsage(before);
const order = { id: "o-1", customer: "c-1", lines: [{ sku: "A-1", quantity: 1 }] };
for (const [body, status] of [
  [order, 200],
  [{ id: 1 }, 400],
] as const) {
  const response = await fetch(`${node.url}/orders-${count - 1}/1`, {
    method: "PUT",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  if (response.status !== status) throw new Error(`expected ${status}, found ${response.status}: ${await response.text()}`);
}
process.stdout.write(String((user + system) / 1e6));
await node.stop();
rmSync(directory, { recursive: true });
