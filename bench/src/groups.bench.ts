import path from "node:path";
import { collectingNode } from "./groups/collecting-node.ts";
import { listingNode } from "./groups/listing-node.ts";
import { interleave, type Contestant } from "./interleave.ts";
import { costOver, row } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { workFolder } from "./work-folder.ts";

const MESSAGES = 10_000;
const ROUNDS = 9;
const GROUPS = { "1 k open groups": 1000, "1 M open groups": 1_000_000 };
const SIZES = { "lists of 1 k": 1000, "lists of 10 k": 10_000 };

const folder = workFolder();
const nodes: { close(): Promise<void> }[] = [];

/** Wall-clock microseconds a message: part of the work is waiting for the disk. */
async function contestant(name: string, groups: number): Promise<Contestant> {
  const node = await collectingNode(path.join(folder.path, name), groups);
  nodes.push(node);
  return {
    name,
    async round() {
      const start = performance.now();
      await node.add(MESSAGES);
      return ((performance.now() - start) * 1000) / MESSAGES;
    },
  };
}

/** CPU microseconds a message: a list that was written again with each message would cost ten times as much where it is ten times as long. */
async function lister(name: string, size: number): Promise<Contestant> {
  const node = await listingNode(path.join(folder.path, name), size);
  nodes.push(node);
  return {
    name,
    async round() {
      const before = process.cpuUsage();
      await node.collect(MESSAGES);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / MESSAGES;
    },
  };
}

try {
  const contestants: Contestant[] = [];
  for (const [name, groups] of Object.entries(GROUPS)) contestants.push(await contestant(name, groups));
  const samples = await interleave(contestants, ROUNDS);
  reportSamples(samples, "µs a message");
  const listers: Contestant[] = [];
  for (const [name, size] of Object.entries(SIZES)) listers.push(await lister(name, size));
  const lists = await interleave(listers, ROUNDS);
  reportSamples(lists, "µs of CPU a message");
  report("groups", [
    row("cost of adding with 1 M open groups ÷ with 1 k", costOver(samples, "1 M open groups", "1 k open groups"), { atMost: 2 }),
    row("CPU of a message of a list of 10 k ÷ of a list of 1 k", costOver(lists, "lists of 10 k", "lists of 1 k"), { atMost: 1.2 }),
  ]);
} finally {
  for (const node of nodes) await node.close();
  folder.remove();
}
