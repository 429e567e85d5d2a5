import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import { PortolanError } from "@portolan/core";
import { checkApp, contractPaths, type LoadedApp } from "@portolan/host";
import {
  createCoverage,
  createTestBench,
  findCases,
  jsonReport,
  junitReport,
  readCase,
  runCases,
  type CaseHarness,
  type CaseRun,
  type Coverage,
  type CoverageReport,
} from "@portolan/testkit";
import { createCaseHarness } from "./case-harness.ts";
import type { Io } from "./command.ts";
import type { ExitName } from "./exit-codes.ts";
import { paintFor } from "./paint.ts";
import { platform } from "./platform.ts";
import type { ReportKind, TestOrder } from "./test-order.ts";
import { renderCoverage, renderDifferences } from "./test-views.ts";
import { loadTestedApp } from "./tested-app.ts";
import { provideOwnPackage } from "./user-imports.ts";

export interface TestRunOptions {
  readonly io: Io;
  /** Told which files belong to the app, as absolute paths, before the first case is run. */
  readonly onFiles?: (files: readonly string[]) => void;
}

const REPORTS = { junit: junitReport, json: jsonReport } as const satisfies Readonly<Record<ReportKind, unknown>>;

/** Runs the cases that were ordered, prints what came of them, and writes the reports. */
export async function runTests(order: TestOrder, options: TestRunOptions): Promise<ExitName> {
  const { io } = options;
  const paint = paintFor(io.stdout);
  const coverage = order.coverage ? createCoverage() : undefined;
  const { directory, harness, name } = order.cases === undefined ? await appCases(order, coverage, options) : flowCases(order.cases, order);
  const runs: CaseRun[] = [];
  const { failed } = await runCases(directory, {
    harness,
    form: order.cases === undefined ? "inApp" : "complete",
    print: (line) => io.stdout.write(`${line}\n`),
    onCase(run) {
      runs.push({ ...run, file: relative(io.directory, run.file) });
      if (order.diff && run.result.outcome === "failed") io.stdout.write(renderDifferences(run.result.differences, paint));
    },
  });
  const covered = coverage?.report();
  if (covered !== undefined) io.stdout.write(`\n${renderCoverage(covered, paint)}`);
  for (const { kind, file } of order.reports) await writeReport(file, REPORTS[kind]({ name, runs, coverage: covered }));
  const isCovered = covered === undefined || isEnough(covered, order.minCoverage, io);
  return failed === 0 && isCovered ? "ok" : "failures";
}

interface Cases {
  readonly directory: string;
  readonly harness: CaseHarness;
  /** For the reports. */
  readonly name: string;
}

function flowCases(cases: string, { path }: TestOrder): Cases {
  return { directory: cases, harness: createCaseHarness(path), name: basename(cases) };
}

/** The cases that lie in an app. It is only loaded if one of them is about it. */
async function appCases(order: TestOrder, coverage: Coverage | undefined, { onFiles }: TestRunOptions): Promise<Cases> {
  const directory = /\.(ya?ml|[cm]?[jt]s)$/.test(order.path) ? dirname(order.path) : order.path;
  const files = await findCases(directory, "inApp");
  if (files.length === 0) {
    throw new PortolanError("PORTOLAN_CASES_MISSING", `there are no *.case.yaml files in ${directory}`, {
      hint: "A case says what is sent to the app and what must be seen: docs/how-to/test-your-flows.md",
    });
  }
  // A file that is no case is reported when its turn comes.
  const reads = (await Promise.allSettled(files.map((file) => readCase(file, "inApp")))).flatMap((read) =>
    read.status === "fulfilled" ? [read.value] : [],
  );
  const harness = createCaseHarness(directory);
  if (coverage === undefined && reads.every(({ flow }) => flow !== undefined)) return { directory, harness, name: basename(directory) };
  provideOwnPackage();
  const environment = Object.assign({}, ...reads.map((read) => read.environment ?? {})) as Readonly<Record<string, string>>; // of texts
  const app = await loadTestedApp(order.path, environment);
  onFiles?.(filesOf(app));
  await checkApp(app, platform);
  const { input } = app;
  if (coverage !== undefined) await declare({ input, harness }, { coverage, environment });
  const observed = coverage === undefined ? {} : { observePoint: coverage.observePoint };
  return { directory, harness: { ...harness, app: input, ...observed }, name: input.name };
}

/** Starts the app once, so that what no case reaches counts as well. */
async function declare(parts: { readonly input: LoadedApp["input"]; readonly harness: CaseHarness }, options: object): Promise<void> {
  await using bench = createTestBench(async () => parts, options);
  await bench.advance(0);
}

function filesOf(app: LoadedApp): string[] {
  return [...app.files, ...contractPaths(app.definition)].map((file) => resolve(app.directory, file));
}

async function writeReport(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (cause) {
    throw new PortolanError("PORTOLAN_FILE_FAILED", `the report cannot be written: ${file}`, { cause });
  }
}

function isEnough({ percent }: CoverageReport, least: number | undefined, io: Io): boolean {
  if (least === undefined || percent >= least) return true;
  io.stdout.write(`coverage ${percent} % is below ${least} %\n`);
  return false;
}
