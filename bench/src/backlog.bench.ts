import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { interleave, type Contestant } from "./interleave.ts";
import { costOver, row, speedOver } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { workFolder } from "./work-folder.ts";

const MESSAGES = 10_000;
const ROUNDS = 7;
const BACKLOGS = { "10 k waiting": 10_000, "100 k waiting": 100_000, "1 M waiting": 1_000_000 };

/** What one round of a node took. */
interface Round {
  readonly microseconds: number;
  readonly megabytes: number;
}

interface WaitingNode {
  process(messages: number): Promise<Round>;
  stop(): Promise<void>;
}

const scripts = path.join(import.meta.dirname, "backlog");
const flags = ["--conditions=portolan-source"];

async function fill(directory: string, backlog: number): Promise<void> {
  const filling = spawn(process.execPath, [...flags, path.join(scripts, "fill.ts"), directory, String(backlog)], { stdio: "inherit" });
  const [code] = await once(filling, "exit");
  if (code !== 0) throw new Error(`the store with ${backlog} messages could not be filled`);
}

async function startWaitingNode(directory: string, backlog: number): Promise<WaitingNode> {
  const node = spawn(process.execPath, [...flags, path.join(scripts, "waiting-node.ts"), directory], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: node.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const line = await lines.next();
    if (line.done === true) throw new Error(`the node with ${backlog} messages has ended`);
    return line.value;
  };
  await nextLine();
  return {
    async process(messages) {
      node.stdin.write(`${messages}\n`);
      // The node writes what `Round` says.
      return JSON.parse(await nextLine()) as Round;
    },
    async stop() {
      node.stdin.end();
      if (node.exitCode === null) await once(node, "exit");
    },
  };
}

const folder = workFolder();
const nodes: WaitingNode[] = [];
const memory = new Map<string, number[]>();

async function contestant(name: string, backlog: number): Promise<Contestant> {
  const directory = path.join(folder.path, name);
  await fill(directory, backlog);
  const node = await startWaitingNode(directory, backlog);
  nodes.push(node);
  const megabytes: number[] = [];
  memory.set(name, megabytes);
  return {
    name,
    async round() {
      const round = await node.process(MESSAGES);
      megabytes.push(round.megabytes);
      return round.microseconds;
    },
  };
}

try {
  const contestants: Contestant[] = [];
  for (const [name, backlog] of Object.entries(BACKLOGS)) contestants.push(await contestant(name, backlog));
  const samples = await interleave(contestants, ROUNDS);
  reportSamples(samples, "µs a message");
  reportSamples(memory, "MB resident");
  report("backlog", [
    row("throughput with 1 M waiting ÷ with 10 k", speedOver(samples, "1 M waiting", "10 k waiting"), { atLeast: 0.8 }),
    // With 10 k the store is smaller than SQLite's cache of 32 MB, which it fills once and never passes.
    row("memory with 1 M waiting ÷ with 100 k", costOver(memory, "1 M waiting", "100 k waiting"), { atMost: 1.1 }),
  ]);
} finally {
  for (const node of nodes) await node.stop();
  folder.remove();
}
