import { deepStrictEqual } from "node:assert";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { app } from "@portolan/engine";
import { interleave, type Contestant } from "./interleave.ts";
import { CASES, DELAY_MS, priced } from "./patterns/cases.ts";
import { ITEMS, type Item } from "./patterns/item.ts";
import { bottleneckThrottle, opossumBreaker, type Limiter } from "./patterns/limiter-peers.ts";
import { startNodeRed, type RedPattern } from "./patterns/node-red-peer.ts";
import { rxjsAggregate, rxjsDelay, rxjsTimeout } from "./patterns/rxjs-peer.ts";
import { startEngine } from "./portolan-engine.ts";
import { row, speedOver, spread, type Row } from "./ratios.ts";
import { report } from "./report.ts";
import { pipeline } from "./route/naive-engine.ts";
import { workFolder } from "./work-folder.ts";

const ROUNDS = 15;
/** Messages of one round; long enough for the clock of CPU time even where a message takes a fifth of a microsecond. */
const MESSAGES = { fast: 100_000, slow: 10_000, peer: 1000 };
const HEADERS = { "content-type": "application/json", "x-debug": "1" };
const TURN = 500;
/** Messages a second below which a pattern counts as slow. */
const SLOW = 1e6;

const limiters = { opossum: opossumBreaker(), bottleneck: bottleneckThrottle(10) } satisfies Record<string, Limiter>;
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

/**
 * Calls and awaits the contestant once a message, as a door does it; with `inFlight`, once for each of so many at a time. Now and
 * then sockets and timers have their turn.
 */
async function deliverAll<In>(list: readonly In[], { messages, inFlight = 1 }: Round, handle: (one: In) => unknown): Promise<void> {
  // The index is below the length of the list.
  const one = (index: number) => handle(list[index % list.length] as In);
  if (inFlight === 1)
    for (let index = 0; index < messages; index++) {
      await one(index);
      if (index % TURN === TURN - 1) await setImmediate();
    }
  else
    for (let sent = 0; sent < messages; sent += inFlight)
      await Promise.all(Array.from({ length: inFlight }, (_, index) => one(sent + index)));
}

interface Round {
  readonly messages: number;
  readonly inFlight?: number;
}

function peersOf(pattern: string, round: Round): readonly Contestant[] {
  const red = (name: RedPattern): Contestant => ({
    name: "Node-RED",
    round: () => cpuOf(MESSAGES.peer, () => nodeRed.run(name, MESSAGES.peer)),
  });
  const called = (name: string, handle: (item: Item) => unknown, own = round): Contestant => ({
    name,
    round: () => cpuOf(own.messages, () => deliverAll(ITEMS, own, handle)),
  });
  switch (pattern) {
    case "choice":
    case "split":
      return [red(pattern)];
    case "aggregate":
      return [red(pattern), { name: "RxJS", round: () => cpuOf(round.messages, () => runRxjs(round.messages)) }];
    case "delay":
      return [red(pattern), called("RxJS", rxjsDelay(DELAY_MS))];
    case "timeout":
      return [called("RxJS", rxjsTimeout(60_000))];
    case "circuitBreaker":
      return [called("opossum", limiters.opossum.handle)];
    case "throttle":
      // It starts every job with a timer: one after another, a round would take ten seconds of waiting.
      return [called("bottleneck", limiters.bottleneck.handle, { messages: MESSAGES.peer, inFlight: 100 })];
    default:
      return [];
  }
}

async function runRxjs(messages: number): Promise<void> {
  let grouped = 0;
  // A group is a list.
  const next = rxjsAggregate(({ body }) => (grouped += (body as readonly unknown[]).length));
  await deliverAll(entering, { messages }, next);
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
  const { inFlight = 1, tally } = one;
  // A route is a list of steps there, too, as in the benchmark `route`.
  const naive = pipeline([one.naive]);
  const runOwn = (round: Round) =>
    cpuOf(round.messages, async () => {
      const done = tally?.more(round.messages);
      await deliverAll(incoming, round, (message) => engine.deliver(pattern, message));
      await done;
    });
  const first = await runOwn({ messages: MESSAGES.slow, inFlight });
  const round = { messages: 1e6 / first > SLOW ? MESSAGES.fast : MESSAGES.slow, inFlight };
  const peers = peersOf(pattern, round);
  const contestants = [
    { name: "portolan", round: () => runOwn(round) },
    { name: "naive engine", round: () => cpuOf(round.messages, () => deliverAll(entering, round, naive)) },
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
  for (const limiter of Object.values(limiters)) limiter.close();
  folder.remove();
}
report("patterns", rows);
