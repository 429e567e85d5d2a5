import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";

/**
 * `npm run bench -- NAME`. The peers that benchmarks compare with are installed in bench/ at the first run, so that
 * `npm ci` of the workspace never pays for them.
 */
const root = path.resolve(import.meta.dirname, "..");
const bench = path.join(root, "bench");

if (!isInstalled()) run("npm", ["ci", "--prefix", bench]);
run("node", ["--conditions=portolan-source", path.join(bench, "src/run.ts"), ...process.argv.slice(2)]);

/** Whether node_modules is as new as the lock file. */
function isInstalled(): boolean {
  const installed = path.join(bench, "node_modules/.package-lock.json");
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(path.join(bench, "package-lock.json")).mtimeMs;
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
