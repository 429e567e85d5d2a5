import { mkdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { archiveFile, ledgerFile, settled, takeAccounts } from "./accounts.ts";
import { dropFeed, poisonOf, readFeed } from "./feed.ts";
import { type NodeProcess, startNodeProcess } from "./node-process.ts";
import { takeFolder } from "./one-run.ts";
import { startReceiver } from "./receiver.ts";
import { data } from "./settings.ts";
import { renderSummary } from "./summary.ts";

const SETTLED_MS = 180_000;

const { values: options } = parseArgs({ options: { keep: { type: "boolean", default: false }, seed: { type: "string", default: "7" } } });
process.exitCode = await runAlone().catch((error: unknown) => {
  print(error instanceof Error ? error.message : String(error));
  return 1;
});

/** A second run at the same time would empty the folder under the first. */
async function runAlone(): Promise<number> {
  using _taken = takeFolder(data);
  return await run().catch((error: unknown) => {
    print(`${error instanceof Error ? error.message : String(error)}\nThe app's log is in ${seen(join(data, "node.log"))}.`);
    return 1;
  });
}

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
  const ended = stopWith(node);
  const url = await node.ready;
  print(
    `The app runs at ${url} and delivers to http://${receiver.address}. ${feed.events.length} events lie in ${seen(join(data, "inbox"))}, twice.\n`,
  );
  const startedAt = performance.now();
  await settled(data, receiver, AbortSignal.any([ended, AbortSignal.timeout(SETTLED_MS)]));

  const accounts = await takeAccounts(data, feed, url);
  print(renderSummary({ feed, drops: 2, accounts, requests: receiver.requests }));
  print(`\nsettled after ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  for (const fault of accounts.faults) print(`does not add up: ${fault}`);
  print(
    accounts.faults.length === 0
      ? "Every event was delivered once by id, or is a dead letter with its reason."
      : `${accounts.faults.length} faults`,
  );
  print(whereToLook(url, receiver.address));
  if (options.keep) {
    print("\nServing until Ctrl-C.");
    await node.ended;
  } else await node.stop();
  return accounts.faults.length === 0 ? 0 : 1;
}

function whereToLook(url: string, receiver: string): string {
  const store = `--store ${seen(join(data, "store"))}`;
  const places = [
    [seen(archiveFile(data)), "the archive"],
    [seen(ledgerFile(data)), "what the receiver accepted"],
    [seen(join(data, "node.log")), "what the app logged"],
    [`npx portolan channels ls ${store}`, "what waits where"],
    [`npx portolan channels peek dead ${store}`, "the dead letters"],
    ...(options.keep
      ? [
          [`curl '${url}/quakes?minMagnitude=6'`, "the strong quakes"],
          [`curl '${url}/quakes/us1000chhc'`, "one quake"],
          [`curl -X DELETE http://${receiver}/poison`, "makes the receiver accept what it refused; then"],
          [`npx portolan channels redrive dead --all ${store}`, "sends the dead letters back to their routes"],
        ]
      : [["npm start -- --keep", "the same, and goes on serving GET /quakes and GET /quakes/:id"]]),
  ];
  const width = Math.max(...places.map(([place = ""]) => place.length));
  return ["\nWhere to look:", ...places.map(([place = "", what = ""]) => `  ${place.padEnd(width)}  ${what}`)].join("\n");
}

/** A path as it is seen from where the command was typed. */
function seen(path: string): string {
  return relative(process.env["INIT_CWD"] ?? process.cwd(), path);
}

/** Stops the node when this process is told to stop; Ctrl-C a terminal tells both. The signal is aborted when the node has ended. */
function stopWith(node: NodeProcess): AbortSignal {
  const ended = new AbortController();
  process.once("SIGINT", () => undefined);
  process.once("SIGTERM", () => node.stop());
  void node.ended.then(() => ended.abort());
  return ended.signal;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
