import { execFileSync } from "node:child_process";
import path from "node:path";
import { interleave } from "./interleave.ts";
import { row, speedOver, spread } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";

const ROUNDS = 7;
const ROUTES = 1000;
const AT_MOST = { atMost: 0.5, unit: " s" };

/** A process of its own for each start: the second one in a process is faster than any that a user sees. */
function starts(name: string, script: string, ...more: readonly string[]) {
  const file = path.join(import.meta.dirname, "contracts", script);
  return {
    name,
    round: () =>
      Number(execFileSync(process.execPath, ["--conditions=portolan-source", file, String(ROUTES), ...more], { encoding: "utf8" })),
  };
}

const samples = await interleave(
  [
    starts("portolan", "start-portolan.ts"),
    starts("portolan, rest.api", "start-portolan.ts", "api"),
    starts("Fastify", "start-fastify.ts"),
  ],
  ROUNDS,
);
reportSamples(samples, "s CPU to start 1,000 REST routes with contracts");
report("contracts", [
  row("CPU seconds to start 1,000 routes with contracts", spread(samples.get("portolan") ?? []), AT_MOST),
  row("CPU seconds, contracts of one API description", spread(samples.get("portolan, rest.api") ?? []), AT_MOST),
  row("speed ÷ Fastify", speedOver(samples, "portolan", "Fastify"), { atLeast: 1 }),
]);
