import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import path from "node:path";

/**
 * `npm run bench -- NAME`. The peers that benchmarks compare with are installed in bench/ at the first run, so that
 * `npm ci` of the workspace never pays for them.
 */
const root = path.resolve(import.meta.dirname, "..");
const bench = path.join(root, "bench");

// Whoever runs this with a silent npm still has to see why an install failed.
if (!isInstalled()) run("npm", ["ci", "--prefix", bench, "--loglevel", "error"], "The peers of the benchmarks could not be installed");
run("node", ["--conditions=portolan-source", path.join(bench, "src/run.ts"), ...process.argv.slice(2)]);

/** Whether node_modules is as new as the lock file. */
function isInstalled(): boolean {
  const installed = path.join(bench, "node_modules/.package-lock.json");
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(path.join(bench, "package-lock.json")).mtimeMs;
}

/** Ends this process with the status of a command that failed, and says so if the command itself may not have said it. */
function run(command: string, args: readonly string[], failure?: string): void {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error === undefined && status === 0) return;
  const reason = error?.message ?? (signal === null ? `exit status ${status}` : `ended by ${signal}`);
  if (failure !== undefined || status === null) {
    process.stderr.write(`${failure ?? "The benchmark could not run"}: \`${[command, ...args].join(" ")}\` failed, ${reason}.\n`);
  }
  process.exit(status ?? 1);
}
