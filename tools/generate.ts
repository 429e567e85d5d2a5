import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { GeneratedFile } from "./generated/generated-file.ts";
import { patternRegistry } from "./generated/pattern-registry.ts";
import { sites } from "./generated/sites.ts";

const root = path.resolve(import.meta.dirname, "..");

/** Folders that hold nothing but generated files. */
const GENERATED_FOLDERS = ["docs/reference"];

/** `node tools/generate.ts` writes the generated files; with `--check` it only tells which of them are out of date. */
const check = process.argv.includes("--check");
// The reference imports the engine, and the engine imports the registry: that one comes first.
await bring([patternRegistry(root), sites(root)]);
const { reference } = await import("./generated/reference.ts");
const pages = await reference();
await bring(pages);
await removeOthers(new Set(pages.map((page) => page.path)));

async function bring(files: readonly GeneratedFile[]): Promise<void> {
  for (const file of files) {
    if ((await current(file)) === file.text) continue;
    if (check) complain(`${file.path} is out of date`);
    else {
      await mkdir(path.dirname(path.join(root, file.path)), { recursive: true });
      await writeFile(path.join(root, file.path), file.text);
      console.log(`wrote ${file.path}`);
    }
  }
}

async function removeOthers(known: ReadonlySet<string>): Promise<void> {
  for (const folder of GENERATED_FOLDERS) {
    const entries = await readdir(path.join(root, folder), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
    for (const file of files.filter((name) => !known.has(name.replaceAll(path.sep, "/")))) {
      if (check) complain(`${file} belongs to nothing any more`);
      else {
        await rm(path.join(root, file));
        console.log(`removed ${file}`);
      }
    }
  }
}

function complain(what: string): void {
  console.error(`${what}: run npm run generate`);
  process.exitCode = 1;
}

async function current(file: GeneratedFile): Promise<string | undefined> {
  try {
    return await readFile(path.join(root, file.path), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
