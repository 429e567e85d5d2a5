import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCrashes } from "./crashes.ts";
import { readFeed } from "./feed.ts";

const { values: options } = parseArgs({ options: { kills: { type: "string", default: "1000" }, seed: { type: "string" } } });
const seed = Number(options.seed ?? Math.floor(Math.random() * 2 ** 32));
const directory = mkdtempSync(join(tmpdir(), "quakes-crash-"));
process.stdout.write(`seed ${seed}; the files of the rounds are in ${directory}\n`);

const report = await runCrashes({
  kills: Number(options.kills),
  seed,
  directory,
  feed: readFeed(),
  print: (line) => process.stdout.write(`${line}\n`),
});
process.stdout.write(
  `${report.kills} kills in ${report.rounds} rounds, ${report.killedAtStart} of them at its start; ${report.faults.length} faults\n`,
);
for (const fault of report.faults) process.stdout.write(`does not add up: ${fault}\n`);
if (report.faults.length === 0) rmSync(directory, { recursive: true });
else process.exitCode = 1;
