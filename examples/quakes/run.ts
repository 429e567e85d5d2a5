import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { archiveFile, ledgerFile, settled, takeAccounts } from "./accounts.ts";
import { dropFeed, poisonOf, readFeed } from "./feed.ts";
import { type NodeProcess, startNodeProcess } from "./node-process.ts";
import { startReceiver } from "./receiver.ts";
import { data } from "./settings.ts";
import { renderSummary } from "./summary.ts";

const SETTLED_MS = 180_000;

const { values: options } = parseArgs({ options: { keep: { type: "boolean", default: false }, seed: { type: "string", default: "7" } } });
process.exitCode = await run();

async function run(): Promise<number> {
  const feed = readFeed();
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  dropFeed(data, "2018-02-07T01-49", feed);
  dropFeed(data, "2018-02-07T01-50", feed);

  await using receiver = await startReceiver({
    ledger: ledgerFile(data),
    seed: Number(options.seed),
    poison: poisonOf(feed),
    unavailable: 0.05,
    silent: 0.005,
  });
  await using node = startNodeProcess({ data, receiver: receiver.address });
  const url = await node.ready;
  print(
    `The app runs at ${url} and delivers to http://${receiver.address}. ${feed.events.length} events lie in ${here("inbox")}, twice.\n`,
  );
  const startedAt = performance.now();
  await settled(data, SETTLED_MS);

  const accounts = await takeAccounts(data, feed);
  print(renderSummary({ feed, drops: 2, accounts, requests: receiver.requests }));
  print(`\nsettled after ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  for (const fault of accounts.faults) print(`does not add up: ${fault}`);
  print(
    accounts.faults.length === 0
      ? "Every event was delivered once by id, or is a dead letter with its reason."
      : `${accounts.faults.length} faults`,
  );
  print(whereToLook(url, receiver.address));
  if (options.keep) await interrupted(node);
  await node.stop();
  return accounts.faults.length === 0 ? 0 : 1;
}

function whereToLook(url: string, receiver: string): string {
  const store = `--store ${relative(process.cwd(), join(data, "store"))}`;
  const served = [
    `  curl '${url}/quakes?minMagnitude=6'`,
    `  curl '${url}/quakes/us1000chhc'`,
    `  curl -X DELETE http://${receiver}/poison    the receiver accepts all events from now on; then:`,
    `  npx portolan channels redrive dead --all ${store}`,
  ];
  return [
    "\nWhere to look:",
    `  ${here("quakes.csv", archiveFile(data))}    the archive`,
    `  ${here("receiver.ndjson", ledgerFile(data))}    what the receiver accepted`,
    `  npx portolan channels ls ${store}`,
    `  npx portolan channels peek dead ${store}`,
    ...(options.keep ? served : ["  npm start -- --keep    goes on serving GET /quakes and GET /quakes/:id"]),
  ].join("\n");
}

function here(name: string, path = join(data, name)): string {
  return relative(process.cwd(), path);
}

/** Resolves when the node has ended: at Ctrl-C, which a terminal tells both processes, or when this one is told to stop. */
async function interrupted(node: NodeProcess): Promise<void> {
  print("\nServing until Ctrl-C.");
  process.once("SIGINT", () => undefined);
  process.once("SIGTERM", () => node.stop());
  await node.ended;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
