import { expect, it } from "vitest";
import { type Report, sumRuns, totalsLine } from "./test-totals.ts";

function report(...files: readonly (readonly [status: string, ...tests: string[]])[]): Report {
  return {
    testResults: files.map(([status, ...tests]) => ({ status, assertionResults: tests.map((test) => ({ status: test })) })),
  };
}

it("adds the tests of all runs", () => {
  const first = { report: report(["passed", "passed", "passed"], ["failed", "passed", "failed"]), exitCode: 1 };
  const second = { report: report(["passed", "passed", "skipped", "todo"]), exitCode: 0 };
  expect(sumRuns([first, second])).toEqual({ passed: 4, failed: 1, skipped: 2 });
});

it("counts a file that could not be loaded as a failure", () => {
  expect(sumRuns([{ report: report(["failed"], ["passed", "passed"]), exitCode: 1 }])).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

it("counts a stage that failed without a failed test", () => {
  const quiet = { report: report(["passed", "passed"]), exitCode: 1 };
  const silent = { report: undefined, exitCode: 2 };
  expect(sumRuns([quiet, silent, { report: undefined, exitCode: 0 }])).toEqual({ passed: 1, failed: 2, skipped: 0 });
});

it("prints skipped tests only if there are any", () => {
  expect(totalsLine({ passed: 3, failed: 0, skipped: 0 })).toBe("3 passed, 0 failed");
  expect(totalsLine({ passed: 3, failed: 1, skipped: 2 })).toBe("3 passed, 1 failed, 2 skipped");
});
