import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";

/** What is in memory after so many messages, once the garbage is collected. */
export interface Checkpoint {
  readonly messages: number;
  readonly heapMegabytes: number;
  readonly residentMegabytes: number;
}

export interface SoakResult {
  readonly checkpoints: readonly Checkpoint[];
  /** Those that were still open after the stop. */
  readonly timers: number;
}

/** Runs the soak in a process of its own, whose memory nobody else uses. */
export async function soak(messages: number, checkpoints: number): Promise<SoakResult> {
  const script = path.join(import.meta.dirname, "run.ts");
  const flags = ["--expose-gc", "--conditions=portolan-source"];
  const child = spawn(process.execPath, [...flags, script, String(messages), String(checkpoints)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const lines: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line));
  const [code] = await ended;
  if (code !== 0 || lines.length !== checkpoints + 1) throw new Error(`the soak ended with ${code} after ${lines.length} lines`);
  // The script writes a checkpoint a line, and the timers last.
  const { timers } = lines.pop() as { readonly timers: number };
  return { checkpoints: lines as Checkpoint[], timers };
}
