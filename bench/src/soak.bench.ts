import { row, type Ratio } from "./ratios.ts";
import { report } from "./report.ts";
import { soak, type Checkpoint } from "./soak/soak-process.ts";

/** Runs for some minutes: memory that grows by a few bytes a message shows only after millions of them. */
const MESSAGES = 5_000_000;
const CHECKPOINTS = 5;

const { checkpoints, timers } = await soak(MESSAGES, CHECKPOINTS);
for (const { messages, heapMegabytes, residentMegabytes } of checkpoints) {
  process.stdout.write(`${messages} messages: heap ${heapMegabytes.toFixed(1)} MB, resident ${residentMegabytes.toFixed(0)} MB\n`);
}

const single = (value: number): Ratio => ({ median: value, min: value, max: value });
const growth = (of: keyof Checkpoint) => single((checkpoints.at(-1)?.[of] ?? Infinity) / (checkpoints[0]?.[of] ?? 0));
report("soak", [
  row("heap after 5 M messages ÷ after 1 M", growth("heapMegabytes"), { atMost: 1.1 }),
  row("resident after 5 M messages ÷ after 1 M", growth("residentMegabytes"), { atMost: 1.1 }),
  row("timers left after the stop", single(timers), { atMost: 0, unit: "" }),
]);
