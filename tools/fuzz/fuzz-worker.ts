import { parentPort, workerData } from "node:worker_threads";
import { fuzzFormat } from "./format-fuzz.ts";

/** What the main thread hands in: `progress` shows it which input is under way. */
export interface FuzzJob {
  readonly name: string;
  readonly inputs: number;
  readonly seed: number;
  readonly progress: SharedArrayBuffer;
}

// Only `fuzz.ts` starts this.
const { name, inputs, seed, progress } = workerData as FuzzJob;
const current = new Int32Array(progress);
parentPort?.postMessage(await fuzzFormat(name, { inputs, seed, before: (number) => void Atomics.store(current, 0, number) }));
