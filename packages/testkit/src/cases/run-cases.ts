import { readdir } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { PortolanError, asPortolanError } from "@portolan/core";
import type { CaseHarness } from "./case-harness.ts";
import { differenceText } from "./difference.ts";
import { CASE_SUFFIX, caseName, readCase, type CaseForm } from "./read-case.ts";
import { runCase, type CaseResult } from "./run-case.ts";

export interface CaseCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One case that was run. */
export interface CaseRun {
  readonly name: string;
  readonly file: string;
  readonly result: CaseResult;
  readonly durationMs: number;
}

export interface RunCasesOptions {
  readonly harness: CaseHarness;
  /** Takes one line of the report. */
  readonly print: (line: string) => void;
  /** Default `complete`. */
  readonly form?: CaseForm;
  /** Called after each case. */
  readonly onCase?: (run: CaseRun) => void;
}

/**
 * Runs every `*.case.yaml` below a directory in the order of their names and prints one line each, then the counts:
 * the report of flow-format section 13. A file that cannot be read as a case, and a case that throws, has failed.
 */
export async function runCases(directory: string, options: RunCasesOptions): Promise<CaseCounts> {
  const { harness, form } = options;
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of await findCases(directory, form)) {
    const startedAt = performance.now();
    const result = await readCase(file, form)
      .then((read) => runCase(read, harness))
      .catch(failureOf);
    counts[result.outcome] += 1;
    const name = caseName(file);
    options.print(caseLine(name, result));
    options.onCase?.({ name, file, result, durationMs: performance.now() - startedAt });
  }
  options.print(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts;
}

/** Folders of an app that hold what others wrote. */
const FOREIGN = new Set(["node_modules", "dist"]);

/** The case files below a directory, in the order of their names; in an app without those of packages and hidden folders. */
export async function findCases(directory: string, form: CaseForm = "complete"): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true }).catch((cause: unknown) => {
    throw new PortolanError("PORTOLAN_FILE_FAILED", `the directory of cases cannot be read: ${directory}`, {
      cause,
      hint: "Name a directory that holds *.case.yaml files.",
    });
  });
  const isOwn = (name: string) => !name.split(sep).some((part) => FOREIGN.has(part) || part.startsWith("."));
  const files = entries.filter((name) => name.endsWith(CASE_SUFFIX) && (form === "complete" || isOwn(name)));
  return files.toSorted((a, b) => compare(basename(a), basename(b)) || compare(a, b)).map((name) => join(directory, name));
}

/** The line of the report for one case. */
export function caseLine(name: string, result: CaseResult): string {
  if (result.outcome === "passed") return `ok ${name}`;
  const line =
    result.outcome === "skipped"
      ? `skip ${name}: needs ${result.missing.join(", ")}`
      : `FAIL ${name}: ${result.differences.map(differenceText).join("; ")}`;
  return line.replaceAll(/\s*\n\s*/g, " ");
}

function failureOf(thrown: unknown): CaseResult {
  const { code, message } = asPortolanError(thrown);
  return { outcome: "failed", differences: [{ where: "", message: `${code}: ${message}` }] };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
