import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../../..");

/** `portolan start` of an app, on the packages as they are published: built, not stripped of their types as they are loaded. */
export function portolanStart(app: string, { port, store }: { readonly port: number; readonly store: string }): readonly string[] {
  const cli = path.join(root, "packages/portolan/bin/portolan.js");
  return [process.execPath, cli, "start", app, "--port", String(port), "--store", store];
}

export function buildPackages(): void {
  const { status, stdout, stderr } = spawnSync(path.join(root, "node_modules/.bin/tsc"), ["-b"], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`the packages cannot be built:\n${stdout}${stderr}`);
}
