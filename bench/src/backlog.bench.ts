import path from "node:path";
import { waitingChannel, type WaitingChannel } from "./backlog/waiting-channel.ts";
import { interleave } from "./interleave.ts";
import { row, speedOver, spread } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { workFolder } from "./work-folder.ts";

const FEW = 10_000;
const MANY = 1_000_000;
const MESSAGES = 4000;
const ROUNDS = 7;
/** As much work as filling the channel is, so that the heap has the size that it keeps. */
const WARM_UP = 100_000;

const folder = workFolder();
const few = await waitingChannel(path.join(folder.path, "few"));
const many = await waitingChannel(path.join(folder.path, "many"));

const contestant = (name: string, channel: WaitingChannel) => ({
  name,
  async round() {
    const start = performance.now();
    await channel.turnOver(MESSAGES);
    return ((performance.now() - start) * 1000) / MESSAGES;
  },
});

/** The whole process, the store's worker included. */
function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

try {
  await few.fill(FEW);
  await many.fill(FEW);
  await few.turnOver(WARM_UP);
  await many.turnOver(WARM_UP);
  const before = residentBytes();
  await many.fill(MANY);
  const samples = await interleave([contestant("10 k waiting", few), contestant("1 M waiting", many)], ROUNDS);
  const after = residentBytes();
  reportSamples(samples, "µs a message");
  report("backlog", [
    row("speed with 1 M messages waiting ÷ with 10 k", speedOver(samples, "1 M waiting", "10 k waiting"), { atLeast: 0.8 }),
    row("megabytes resident with 1 M messages waiting ÷ with 10 k", spread([after / before]), { atMost: 1.2 }),
  ]);
} finally {
  await few.close();
  await many.close();
  folder.remove();
}
