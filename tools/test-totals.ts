import { readFileSync } from "node:fs";

/** What one run of tests said: its report, if it got as far as writing one, and its exit code. */
export interface Run {
  readonly report: Report | undefined;
  readonly exitCode: number;
}

/** The parts of a report of Vitest's JSON reporter that count. */
export interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Counts tests over all runs. A file that could not be loaded, or a run that failed without a failed test, counts as one failure. */
export function sumRuns(runs: readonly Run[]): Totals {
  const totals = runs.map(countRun);
  const sum = (key: keyof Totals) => totals.reduce((total, one) => total + one[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}

/** The last line of CI. */
export function totalsLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

function countRun({ report, exitCode }: Run): Totals {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === "passed").length;
  const broken = files.filter((file) => file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed"));
  const failed = tests.filter((test) => test.status === "failed").length + broken.length;
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped: tests.length - passed - failed + broken.length };
}

/** `node tools/test-totals.ts REPORT:EXITCODE …`; a stage without a report is written as `:EXITCODE`. */
if (import.meta.main) {
  const totals = sumRuns(process.argv.slice(2).map(readRun));
  console.log(totalsLine(totals));
  process.exitCode = totals.failed === 0 ? 0 : 1;
}

function readRun(argument: string): Run {
  const [file = "", code = ""] = argument.split(/:(?=\d+$)/);
  const exitCode = Number(code);
  if (file === "") return { report: undefined, exitCode };
  try {
    return { report: JSON.parse(readFileSync(file, "utf8")) as Report, exitCode }; // Vitest's own format
  } catch (error) {
    console.error(`no report of the tests in ${file}: ${error instanceof Error ? error.message : String(error)}`);
    return { report: undefined, exitCode: exitCode === 0 ? 1 : exitCode };
  }
}
