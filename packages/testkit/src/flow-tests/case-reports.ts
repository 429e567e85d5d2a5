import { type Difference, differenceText } from "../cases/difference.ts";
import type { CaseCounts, CaseRun } from "../cases/run-cases.ts";
import type { CoverageReport } from "./coverage.ts";
import { diffValues } from "./line-diff.ts";
import { plainValue } from "./plain-value.ts";

/** What a report tells about. */
export interface ReportedCases {
  /** The app, or the directory of the cases. */
  readonly name: string;
  readonly runs: readonly CaseRun[];
  readonly coverage?: CoverageReport | undefined;
}

/** The report that build servers read, as `<testsuites>` of JUnit. */
export function junitReport({ name, runs }: ReportedCases): string {
  const { failed, skipped } = countRuns(runs);
  const totals = `tests="${runs.length}" failures="${failed}" errors="0" skipped="${skipped}" time="${seconds(totalMs(runs))}"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="portolan test" ${totals}>`,
    `  <testsuite name="${attribute(name)}" ${totals}>`,
    ...runs.flatMap((run) => testcase(name, run)),
    "  </testsuite>",
    "</testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

/** The same as data: counts, cases with what differs, and the coverage if it was asked for. */
export function jsonReport({ name, runs, coverage }: ReportedCases): string {
  const cases = runs.map(({ name: caseName, file, result, durationMs }) => ({
    name: caseName,
    file,
    durationMs: rounded(durationMs),
    ...(result.outcome === "failed" ? { ...result, differences: result.differences.map(plainDifference) } : result),
  }));
  const report = { name, ...countRuns(runs), durationMs: rounded(totalMs(runs)), cases, ...(coverage === undefined ? {} : { coverage }) };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function plainDifference(found: Difference): Difference {
  return {
    ...found,
    ...("expected" in found ? { expected: plainValue(found.expected) } : {}),
    ...("found" in found ? { found: plainValue(found.found) } : {}),
  };
}

function testcase(suite: string, { name, file, result, durationMs }: CaseRun): readonly string[] {
  const attributes = `name="${attribute(name)}" classname="${attribute(suite)}" file="${attribute(file)}" time="${seconds(durationMs)}"`;
  switch (result.outcome) {
    case "passed":
      return [`    <testcase ${attributes}/>`];
    case "skipped":
      return [
        `    <testcase ${attributes}>`,
        `      <skipped message="${attribute(`needs ${result.missing.join(", ")}`)}"/>`,
        "    </testcase>",
      ];
    case "failed": {
      const text = result.differences.flatMap((found) => [
        differenceText(found),
        ...("expected" in found && "found" in found
          ? diffValues(found.expected, found.found).map(({ sign, text }) => `${sign} ${text}`)
          : []),
      ]);
      const message = result.differences.map(differenceText).join("; ");
      return [
        `    <testcase ${attributes}>`,
        `      <failure type="difference" message="${attribute(message)}">${content(text.join("\n"))}</failure>`,
        "    </testcase>",
      ];
    }
    default:
      throw result satisfies never;
  }
}

function countRuns(runs: readonly CaseRun[]): CaseCounts {
  const count = (outcome: CaseRun["result"]["outcome"]) => runs.filter(({ result }) => result.outcome === outcome).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

function totalMs(runs: readonly CaseRun[]): number {
  return runs.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };

/** A text as the content of an element. Characters that XML 1.0 cannot hold, not even escaped, are replaced. */
function content(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replaceAll(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);
}

/** A text as the value of an attribute, in which a plain line break would be read as a blank. */
function attribute(text: string): string {
  return content(text).replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}
