import path from "node:path";
import { bareLoop } from "./channel/bare-loop.ts";
import { bullmq } from "./channel/bullmq.ts";
import type { Queue } from "./channel/contestant.ts";
import { durableChannel } from "./channel/durable-channel.ts";
import { pgBoss } from "./channel/pg-boss.ts";
import { workFolder } from "./work-folder.ts";
import { interleave, type Contestant, type Samples } from "./interleave.ts";
import { row, skippedRow, speedOver, type Row, type Target } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";

/** Of each message two commits, its acceptance and its acknowledgement; the store writes up to 200 commits in a transaction. */
const MESSAGES_A_TRANSACTION = 100;
const ROUNDS = 21;

async function openPeer(open: () => Promise<Queue>): Promise<Queue | string> {
  try {
    return await open();
  } catch (error) {
    return error instanceof Error && error.message !== "" ? error.message : String(error);
  }
}

/** Wall-clock microseconds a message: most of the work is waiting for the disk. */
function timed(name: string, messages: number, run: (messages: number) => Promise<void> | void): Contestant {
  return {
    name,
    async round() {
      const start = performance.now();
      await run(messages);
      return ((performance.now() - start) * 1000) / messages;
    },
  };
}

const folder = workFolder();
const within = (name: string) => path.join(folder.path, name);
const [bare, single] = [bareLoop(within("bare")), bareLoop(within("single"))];
const portolan = await durableChannel(within("portolan"));
const peers = new Map([
  ["BullMQ", await openPeer(() => bullmq(within("redis")))],
  ["pg-boss", await openPeer(() => pgBoss())],
]);
const contestants = [
  timed("portolan", 40_000, portolan.run),
  timed("bare loop", 40_000, (messages) => bare.run(messages, MESSAGES_A_TRANSACTION)),
  timed("one commit a message", 600, (messages) => single.run(messages, 1)),
  ...[...peers].flatMap(([name, peer]) => (typeof peer === "string" ? [] : [timed(name, 1000, peer.run)])),
];

let samples: Samples;
try {
  samples = await interleave(contestants, ROUNDS);
} finally {
  await portolan.close();
  for (const peer of peers.values()) if (typeof peer !== "string") await peer.close();
  bare.close();
  single.close();
  folder.remove();
}

function against(peer: string, target?: Target): Row {
  const missing = peers.get(peer);
  const name = `speed of the channel ÷ ${peer}`;
  return typeof missing === "string" ? skippedRow(name, missing, target) : row(name, speedOver(samples, "portolan", peer), target);
}

reportSamples(samples, "µs a message");
report("channel", [
  against("bare loop", { atLeast: 0.7 }),
  against("one commit a message", { atLeast: 20 }),
  against("BullMQ"),
  against("pg-boss"),
]);
