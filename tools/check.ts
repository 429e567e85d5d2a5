import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gapFindings, licenceFindings, type LockFile, sourceFindings } from "./lock-file.ts";
import { machineFindings } from "./portable-tree.ts";

interface Result {
  readonly passed: boolean;
  readonly output: string;
}

interface Check {
  readonly name: string;
  readonly run: () => Promise<Result> | Result;
}

const root = path.resolve(import.meta.dirname, "..");

/**
 * Types that flow through a route must stay cheap for everyone's editor. The engine with the type tests of all of
 * its patterns, which use each method several times, took 212,000 instantiations when this ceiling was set.
 */
const INSTANTIATIONS = 260_000;

const CHECKS: readonly Check[] = [
  { name: "format", run: () => command("oxfmt", "--list-different") },
  { name: "lint", run: () => command("oxlint") },
  { name: "types", run: () => command("tsc", "-b", "--pretty", "false") },
  { name: "type cost", run: typeCost },
  { name: "unused", run: () => command("knip", "--no-progress", "--treat-config-hints-as-errors") },
  { name: "generated", run: () => command("node", "--conditions=portolan-source", "tools/generate.ts", "--check") },
  { name: "lock files", run: () => findings(lockFindings()) },
  { name: "portable", run: () => findings(treeFindings()) },
];

const wanted = process.argv.slice(2);
const checks = wanted.length === 0 ? CHECKS : CHECKS.filter((check) => wanted.includes(check.name));
if (checks.length === 0) {
  console.error(`no check of that name; there are: ${CHECKS.map((check) => check.name).join(", ")}`);
  process.exit(2);
}

let failed = 0;
for (const check of checks) {
  const start = performance.now();
  const { passed, output } = await check.run();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${passed ? "ok  " : "FAIL"} ${check.name} (${seconds} s)`);
  if (passed) continue;
  failed += 1;
  console.log(output.trimEnd().replaceAll(/^/gm, "     "));
}
process.exitCode = failed === 0 ? 0 : 1;

function command(tool: string, ...args: readonly string[]): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ passed: code === 0, output }));
  });
}

async function typeCost(): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), "portolan-type-cost-"));
  try {
    const { output } = await command(
      "tsc",
      "-p",
      "packages/engine",
      "--outDir",
      folder,
      "--tsBuildInfoFile",
      path.join(folder, "info"),
      "--extendedDiagnostics",
    );
    const found = Number(/^Instantiations:\s+(\d+)/m.exec(output)?.[1] ?? Number.NaN);
    return {
      passed: found <= INSTANTIATIONS,
      output: `${found} type instantiations in packages/engine, expected at most ${INSTANTIATIONS}`,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function findings(lines: readonly string[]): Result {
  return { passed: lines.length === 0, output: lines.join("\n") };
}

function lockFindings(): readonly string[] {
  const main = readLock("package-lock.json");
  const benches = benchLocks().map(readLock);
  return [...[main, ...benches].flatMap((lock) => [...sourceFindings(lock), ...gapFindings(lock)]), ...licenceFindings(main)];
}

/** Peers of the benchmarks are never shipped: their licences are their own. */
function benchLocks(): readonly string[] {
  return trackedFiles().filter((file) => file.startsWith("bench/") && file.endsWith("package-lock.json"));
}

function readLock(file: string): LockFile {
  return JSON.parse(readFileSync(path.join(root, file), "utf8")) as LockFile; // npm writes and validates its own lock file
}

function treeFindings(): readonly string[] {
  return trackedFiles()
    .filter((file) => statSync(path.join(root, file), { throwIfNoEntry: false })?.isFile() === true)
    .flatMap((file) => machineFindings(file, readFileSync(path.join(root, file), "utf8"), root));
}

/** What git tracks, and what it would track if it were added. */
function trackedFiles(): readonly string[] {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" });
  return list.split("\0").filter((file) => file !== "");
}
