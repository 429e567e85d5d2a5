import path from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { formats } from "@portolan/formats";
import type { Tally } from "./fuzz/format-fuzz.ts";
import type { FuzzJob } from "./fuzz/fuzz-worker.ts";

/** `npm run fuzz -- FORMAT… --inputs 100000 --seed 1`; without a format all of them. Fails if an input crashes, hangs or is not clear. */
const { values, positionals } = parseArgs({
  options: { inputs: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
  allowPositionals: true,
});
const known = formats.map(({ name }) => name);
const unknown = positionals.find((name) => !known.includes(name));
if (unknown !== undefined) {
  console.error(`there is no format "${unknown}": expected some of ${known.join(", ")}`);
  process.exit(2);
}

/** An input of some kilobytes takes a millisecond at most; one that takes this long hangs. */
const PATIENCE_MS = 10_000;
const HEAP_MB = 512;

interface Result extends Tally {
  readonly stuck?: string;
}

function run(name: string): Promise<Result> {
  const progress = new SharedArrayBuffer(4);
  const current = new Int32Array(progress);
  const job: FuzzJob = { name, inputs: Number(values.inputs), seed: Number(values.seed), progress };
  const worker = new Worker(path.join(import.meta.dirname, "fuzz/fuzz-worker.ts"), {
    workerData: job,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  return new Promise((resolve) => {
    let last = -1;
    const watch = setInterval(() => {
      const now = Atomics.load(current, 0);
      if (now === last) end({ read: 0, refused: 0, breaches: [], stuck: `input ${now} did not end in ${PATIENCE_MS} ms` });
      last = now;
    }, PATIENCE_MS);
    const end = (result: Result): void => {
      clearInterval(watch);
      void worker.terminate();
      resolve(result);
    };
    worker.on("message", (tally: Tally) => end(tally));
    worker.on("error", (error: Error) =>
      end({ read: 0, refused: 0, breaches: [], stuck: `input ${Atomics.load(current, 0)} ended the process: ${error.message}` }),
    );
  });
}

for (const name of positionals.length === 0 ? known : positionals) {
  const start = performance.now();
  const { read, refused, breaches, stuck } = await run(name);
  const seconds = (performance.now() - start) / 1000;
  const failed = stuck !== undefined || breaches.length > 0;
  console.log(`${failed ? "FAIL" : "ok  "} ${name.padEnd(12)} ${read} read, ${refused} refused, ${seconds.toFixed(1)} s`);
  if (stuck !== undefined) console.log(`     ${stuck}`);
  for (const { number, reason, input } of breaches) console.log(`     input ${number}: ${reason}\n       ${input.slice(0, 400)}`);
  if (failed) process.exitCode = 1;
}
