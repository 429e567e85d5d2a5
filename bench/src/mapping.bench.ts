import { deepStrictEqual } from "node:assert";
import { setTimeout } from "node:timers/promises";
import { jsonata } from "@portolan/mapping";
import npm from "jsonata";
import { type Contestant, interleave } from "./interleave.ts";
import { CASES, type MappingCase, ORDERS } from "./mapping/cases.ts";
import { type Row, row, speedOver, spread } from "./ratios.ts";
import { report } from "./report.ts";

const ROUNDS = 15;
/** Milliseconds of a round, about. */
const ROUND = 20;

/** CPU nanoseconds of one evaluation. */
function cpuOf(count: number, before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / count;
}

/** So many evaluations that a round takes long enough for the clock of CPU time. */
function countFor(evaluate: (order: unknown) => unknown): number {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < ROUND)
    for (const order of ORDERS) {
      evaluate(order);
      count += 1;
    }
  return count;
}

function contestant(name: string, evaluate: (order: never) => unknown): Contestant {
  // Each is called with orders.
  const call = evaluate as (order: unknown) => unknown;
  const count = countFor(call);
  return {
    name,
    round() {
      const before = process.cpuUsage();
      let found = 0;
      for (let index = 0; index < count; index++) if (call(ORDERS[index % ORDERS.length]) !== undefined) found += 1;
      if (found === -1) throw new Error("what was evaluated must be used");
      return cpuOf(count, before);
    },
  };
}

/** The reference answers with promises only. */
function reference(text: string): Contestant {
  const expression = npm(text);
  return {
    name: "npm",
    async round() {
      const before = process.cpuUsage();
      for (const order of ORDERS) await expression.evaluate(order);
      return cpuOf(ORDERS.length, before);
    },
  };
}

/** What is evaluated often is compiled anew, from code that is loaded first. */
async function warm(evaluate: (order: unknown) => unknown): Promise<void> {
  for (let round = 0; round < 20; round++) {
    for (const order of ORDERS) evaluate(order);
    await setTimeout(1);
  }
}

async function check({ text, byHand }: MappingCase): Promise<void> {
  const own = jsonata(text);
  for (const order of ORDERS) {
    const theirs: unknown = JSON.parse(JSON.stringify((await npm(text).evaluate(order)) ?? null));
    deepStrictEqual(own.evaluate(order) ?? null, theirs, text);
    if (!text.includes("$trim") && !text.includes("$split")) deepStrictEqual(byHand(order) ?? null, theirs, text);
  }
}

async function measure(name: string, one: MappingCase): Promise<readonly Row[]> {
  await check(one);
  const own = jsonata(one.text);
  await warm((order) => own.evaluate(order));
  const contestants = [
    contestant("portolan", (order: unknown) => own.evaluate(order)),
    contestant("by hand", one.byHand),
    reference(one.text),
  ];
  const samples = await interleave(contestants, ROUNDS);
  const nanoseconds = (who: string) =>
    spread(samples.get(who) ?? [])
      .median.toPrecision(3)
      .padStart(8);
  process.stdout.write(`${name.padEnd(24)} ${nanoseconds("portolan")} ns, by hand ${nanoseconds("by hand")}, npm ${nanoseconds("npm")}\n`);
  return [
    row(`${name} ÷ npm`, speedOver(samples, "portolan", "npm"), { atLeast: 10 }),
    row(`${name} ÷ by hand`, speedOver(samples, "portolan", "by hand"), one.ofByHand === undefined ? undefined : { atLeast: one.ofByHand }),
  ];
}

// All have been compiled and called before one is measured, as in a node with many mappings.
for (const one of Object.values(CASES)) await check(one);
const rows: Row[] = [];
for (const [name, one] of Object.entries(CASES)) rows.push(...(await measure(name, one)));
report("mapping", rows);
