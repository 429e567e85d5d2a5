import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { ledgerFile, settled, takeAccounts } from "./accounts.ts";
import { dropFeed, earlierOf, type Feed, poisonOf } from "./feed.ts";
import { startNodeProcess } from "./node-process.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { createSeededRandom } from "./seeded-random.ts";

export interface CrashOptions {
  readonly kills: number;
  /** Decides about the instants of the kills and the receiver's failures. */
  readonly seed: number;
  /** Each round starts with an empty folder of its own in here. */
  readonly directory: string;
  readonly feed: Feed;
  readonly print: (line: string) => void;
}

export interface CrashReport {
  readonly kills: number;
  readonly rounds: number;
  /** Kills while the node started. */
  readonly killedAtStart: number;
  /** Deliveries that the receiver had accepted before. */
  readonly again: number;
  readonly faults: readonly string[];
}

const KILLS_A_ROUND = 100;
/** The feed comes again after so many kills, with the events since: as it does while a poller runs. */
const DROP_EVERY = 4;
/** So slow that there is always something in process. */
const PACE_MS = 60;
/** This share of the kills comes while the node starts. */
const KILLED_AT_START = 0.25;
const LONGEST_START_MS = 1_000;
const LONGEST_LIFE_MS = 500;
const SETTLED_MS = 180_000;

/** Runs the app round after round, kills it at random instants, and takes accounts at the end of each round. */
export async function runCrashes({ kills, seed, directory, feed, print }: CrashOptions): Promise<CrashReport> {
  const random = createSeededRandom(seed);
  const report = { kills: 0, rounds: 0, killedAtStart: 0, again: 0, faults: [] as string[] };
  while (report.kills < kills) {
    report.rounds += 1;
    const round = await runRound({
      data: join(directory, `round-${report.rounds}`),
      feed,
      kills: Math.min(KILLS_A_ROUND, kills - report.kills),
      random,
    });
    report.kills += round.kills;
    report.killedAtStart += round.killedAtStart;
    report.again += round.requests.again;
    report.faults.push(...round.faults.map((fault) => `round ${report.rounds}: ${fault}`));
    const { accepted, again, unavailable, silent } = round.requests;
    print(
      `round ${report.rounds}: ${round.kills} kills (${round.killedAtStart} at start), ${accepted} accepted, ${again} again, ` +
        `${unavailable} × 503, ${silent} silent, ${round.deadLetters} dead letters, ${round.faults.length} faults`,
    );
  }
  return report;
}

interface Round {
  readonly data: string;
  readonly feed: Feed;
  readonly kills: number;
  readonly random: { next(): number };
}

interface RoundReport {
  readonly kills: number;
  readonly killedAtStart: number;
  readonly requests: Receiver["requests"];
  readonly deadLetters: number;
  readonly faults: readonly string[];
}

async function runRound({ data, feed, kills, random }: Round): Promise<RoundReport> {
  mkdirSync(data, { recursive: true });
  await using receiver = await startReceiver({
    ledger: ledgerFile(data),
    seed: Math.floor(random.next() * 2 ** 32),
    poison: poisonOf(feed),
    unavailable: 0.1,
    silent: 0.02,
  });
  receiver.paceMs = PACE_MS;
  let killedAtStart = 0;
  for (let killed = 0; killed < kills; killed++) {
    if (killed % DROP_EVERY === 0)
      dropFeed(data, `poll-${killed}`, earlierOf(feed, Math.ceil((feed.events.length * (killed + DROP_EVERY)) / kills)));
    const atStart = random.next() < KILLED_AT_START;
    if (atStart) killedAtStart += 1;
    await live({ data, receiver: receiver.address, atStart, lifeMs: random.next() * (atStart ? LONGEST_START_MS : LONGEST_LIFE_MS) });
  }
  receiver.paceMs = 0;
  await using last = startNodeProcess({ data, receiver: receiver.address });
  const url = await last.ready;
  await settled(data, receiver, AbortSignal.timeout(SETTLED_MS));
  const { faults, deadLetters } = await takeAccounts(data, feed, url);
  const { code } = await last.stop();
  return {
    kills,
    killedAtStart,
    requests: receiver.requests,
    deadLetters: deadLetters.length,
    faults: code === 0 ? faults : [`the last node ended with code ${code}`, ...faults],
  };
}

interface Life {
  readonly data: string;
  readonly receiver: string;
  /** Counted from the start of the process; otherwise from when it takes messages. */
  readonly atStart: boolean;
  readonly lifeMs: number;
}

/** One life of a node, to its violent end. */
async function live({ data, receiver, atStart, lifeMs }: Life): Promise<void> {
  await using node = startNodeProcess({ data, receiver });
  if (!atStart) await node.ready;
  const ending = await Promise.race([setTimeout(lifeMs), node.ended]);
  if (ending !== undefined) throw new Error(`the node ended by itself with code ${ending.code}; see ${join(data, "node.log")}`);
  await node.kill();
}
