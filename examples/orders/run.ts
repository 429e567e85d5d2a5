import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { waysTo } from "./clients.ts";
import type { Order } from "./contracts.ts";
import { startErp } from "./erp.ts";
import { startNode } from "./node-process.ts";
import { data } from "./settings.ts";

const { values: options } = parseArgs({
  options: { keep: { type: "boolean", default: false }, port: { type: "string", default: "8080" } },
});
const ORDER: Order = { id: "o-1", customer: "ada", lines: [{ sku: "rope", quantity: 2, price: 9.5 }] };

rmSync(data, { recursive: true, force: true });
mkdirSync(data, { recursive: true });
await using erp = await startErp(join(data, "erp.jsonl"));
await using node = await startNode({ data, erp: erp.address, port: Number(options.port) });
print(`The app runs at ${node.url} and submits orders to ${erp.address}.\n`);

for (const [door, place] of Object.entries(waysTo(node.url))) print(`placed by ${door.padEnd(8)} ${JSON.stringify(await place(ORDER))}`);
while (erp.submissions.length === 0) await setTimeout(50);
print(`\nThe ERP has ${erp.submissions.length} order: ${JSON.stringify(erp.submissions)}`);
print(`GET /orders/o-1  ${await (await fetch(`${node.url}/orders/o-1`)).text()}`);

if (options.keep) {
  print("\nServing until Ctrl-C.");
  await new Promise((resolve) => {
    process.once("SIGINT", resolve).once("SIGTERM", resolve);
  });
}
process.exitCode = erp.submissions.length === 1 ? 0 : 1;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
