import { execFileSync } from "node:child_process";
import path from "node:path";
import { interleave } from "./interleave.ts";
import { row, spread } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";

const ROUNDS = 9;
const script = path.join(import.meta.dirname, "many-routes/start.ts");

/** A process of its own for each start: the second one in a process is faster than any that a user sees. */
function starts(routes: number) {
  return {
    name: `${routes} routes`,
    round: () => Number(execFileSync(process.execPath, ["--conditions=portolan-source", script, String(routes)], { encoding: "utf8" })),
  };
}

const samples = await interleave([starts(100), starts(1)], ROUNDS);
reportSamples(samples, "s CPU to build and start");
report("many-routes", [
  row("CPU seconds to start 100 routes of 20 steps", spread(samples.get("100 routes") ?? []), { atMost: 0.3, unit: " s" }),
]);
