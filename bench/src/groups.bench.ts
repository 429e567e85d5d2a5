import path from "node:path";
import { collectingNode, type CollectingNode } from "./groups/collecting-node.ts";
import { interleave, type Contestant } from "./interleave.ts";
import { costOver, row } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { workFolder } from "./work-folder.ts";

const MESSAGES = 10_000;
const ROUNDS = 9;
const GROUPS = { "1 k open groups": 1000, "1 M open groups": 1_000_000 };

const folder = workFolder();
const nodes: CollectingNode[] = [];

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

try {
  const contestants: Contestant[] = [];
  for (const [name, groups] of Object.entries(GROUPS)) contestants.push(await contestant(name, groups));
  const samples = await interleave(contestants, ROUNDS);
  reportSamples(samples, "µs a message");
  report("groups", [
    row("cost of adding with 1 M open groups ÷ with 1 k", costOver(samples, "1 M open groups", "1 k open groups"), { atMost: 2 }),
  ]);
} finally {
  for (const node of nodes) await node.close();
  folder.remove();
}
