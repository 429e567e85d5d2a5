import { deepStrictEqual } from "node:assert";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { app } from "@portolan/engine";
import { interleave, type Contestant } from "./interleave.ts";
import { CASES, priced } from "./patterns/cases.ts";
import { ITEMS } from "./patterns/item.ts";
import { startNodeRed, type RedPattern } from "./patterns/node-red-peer.ts";
import { rxjsAggregate } from "./patterns/rxjs-peer.ts";
import { startEngine } from "./portolan-engine.ts";
import { row, speedOver, spread, type Row } from "./ratios.ts";
import { report } from "./report.ts";
import { workFolder } from "./work-folder.ts";

const ROUNDS = 15;
/** Messages of one round; long enough for the clock of CPU time even where a message takes a fifth of a microsecond. */
const MESSAGES = { fast: 100_000, slow: 10_000, peer: 1000 };
const HEADERS = { "content-type": "application/json", "x-debug": "1" };
/** Messages a second below which a pattern counts as slow. */
const SLOW = 1e6;

const folder = workFolder();
const redDirectory = path.join(folder.path, "node-red");
mkdirSync(redDirectory);
const nodeRed = await startNodeRed(redDirectory);

const routes = [priced, ...Object.values(CASES).map((one) => one.route)];
const engine = await startEngine(app("bench", { routes }));
const incoming = ITEMS.map((body) => ({ id: body.id, body, headers: HEADERS }));
const entering = incoming.map((one) => ({ ...one, attributes: {} }));

/** CPU microseconds a message. */
async function cpuOf(messages: number, work: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / messages;
}

/** The contestant is called and awaited once a message, as a door does it. */
async function oneByOne<In>(list: readonly In[], messages: number, handle: (one: In) => unknown): Promise<void> {
  // The index is below the length of the list.
  for (let index = 0; index < messages; index++) await handle(list[index % list.length] as In);
}

function peersOf(pattern: string, messages: number): readonly Contestant[] {
  const red = (name: RedPattern): Contestant => ({
    name: "Node-RED",
    round: () => cpuOf(MESSAGES.peer, () => nodeRed.run(name, MESSAGES.peer)),
  });
  switch (pattern) {
    case "choice":
    case "split":
      return [red(pattern)];
    case "aggregate":
      return [red(pattern), { name: "RxJS", round: () => cpuOf(messages, () => runRxjs(messages)) }];
    default:
      return [];
  }
}

function runRxjs(messages: number): void {
  let grouped = 0;
  const next = rxjsAggregate((size) => (grouped += size));
  for (let index = 0; index < messages; index++) next(ITEMS[index % ITEMS.length] as (typeof ITEMS)[number]);
  if (grouped !== messages) throw new Error(`expected ${messages} messages in groups, found ${grouped}`);
}

async function checkResults(pattern: string): Promise<void> {
  for (const [index, message] of incoming.entries()) {
    const own = await engine.deliver(pattern, message);
    const other = await CASES[pattern]?.naive(entering[index] as (typeof entering)[number]);
    deepStrictEqual(own?.body, other?.body);
  }
}

async function measure(pattern: string): Promise<readonly Row[]> {
  const one = CASES[pattern];
  if (one === undefined) throw new Error(`there is no case of ${pattern}`);
  await checkResults(pattern);
  const runOwn = (messages: number) => cpuOf(messages, () => oneByOne(incoming, messages, (message) => engine.deliver(pattern, message)));
  const first = await runOwn(MESSAGES.slow);
  const messages = 1e6 / first > SLOW ? MESSAGES.fast : MESSAGES.slow;
  const peers = peersOf(pattern, messages);
  const contestants = [
    { name: "portolan", round: () => runOwn(messages) },
    { name: "naive engine", round: () => cpuOf(messages, () => oneByOne(entering, messages, one.naive)) },
    ...peers,
  ];
  const samples = await interleave(contestants, ROUNDS);
  const perSecond = Math.round(1e6 / spread(samples.get("portolan") ?? []).median);
  process.stdout.write(`${pattern.padEnd(16)} ${String(perSecond).padStart(9)} messages a CPU second\n`);
  return [
    row(`${pattern} ÷ naive engine`, speedOver(samples, "portolan", "naive engine")),
    ...peers.map(({ name }) => row(`${pattern} ÷ ${name}`, speedOver(samples, "portolan", name), { atLeast: 1 })),
  ];
}

const rows: Row[] = [];
try {
  for (const pattern of Object.keys(CASES)) rows.push(...(await measure(pattern)));
} finally {
  await engine.stop();
  await nodeRed.stop();
  folder.remove();
}
report("patterns", rows);
