import { spawnSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Manifest, publishedBin, publishedManifest } from "./published-manifest.ts";

/** `node tools/pack.ts DIR` builds every package and writes the archives that would be published to DIR. */
const root = path.resolve(import.meta.dirname, "..");
const [target] = process.argv.slice(2);
if (target === undefined) {
  console.error("usage: node tools/pack.ts DIR");
  process.exit(2);
}
const destination = path.resolve(target);

// What an earlier build left of a file that is gone since would be published; without its note tsc would not build again.
for (const folder of await packageFolders()) await clear(folder);
run("tsc", ["-b", ...(await packageFolders())], root);
for (const folder of await packageFolders()) await pack(folder);

async function packageFolders(): Promise<readonly string[]> {
  const names = await readdir(path.join(root, "packages"));
  return names.map((name) => path.join(root, "packages", name));
}

async function clear(folder: string): Promise<void> {
  await rm(path.join(folder, "dist"), { recursive: true, force: true });
  await rm(path.join(folder, "tsconfig.tsbuildinfo"), { force: true });
}

async function pack(folder: string): Promise<void> {
  const manifest = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8")) as Manifest; // our own files, read by npm as well
  const stage = path.join(destination, "stage", path.basename(folder));
  await mkdir(stage, { recursive: true });
  await cp(path.join(folder, "dist"), path.join(stage, "dist"), { recursive: true });
  await cp(path.join(root, "LICENSE"), path.join(stage, "LICENSE"));
  await copyPublished(path.join(folder, "README.md"), path.join(stage, "README.md"), (text) => text);
  for (const bin of Object.values(typeof manifest.bin === "string" ? { bin: manifest.bin } : (manifest.bin ?? {}))) {
    await copyPublished(path.join(folder, bin), path.join(stage, bin), publishedBin);
  }
  await writeFile(path.join(stage, "package.json"), JSON.stringify(publishedManifest(manifest), undefined, 2));
  run("npm", ["pack", "--silent", "--pack-destination", destination], stage);
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

async function copyPublished(from: string, to: string, publish: (text: string) => string): Promise<void> {
  let text: string;
  try {
    text = await readFile(from, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return;
    throw error;
  }
  await mkdir(path.dirname(to), { recursive: true });
  await writeFile(to, publish(text), { mode: 0o755 });
}
