import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { GeneratedFile } from "./generated/generated-file.ts";
import { patternRegistry } from "./generated/pattern-registry.ts";

const root = path.resolve(import.meta.dirname, "..");

/** `node tools/generate.ts` writes the generated files; with `--check` it only tells which of them are out of date. */
const check = process.argv.includes("--check");
const files: readonly GeneratedFile[] = [patternRegistry(root)];
for (const file of files) {
  if ((await current(file)) === file.text) continue;
  if (check) {
    console.error(`${file.path} is out of date: run npm run generate`);
    process.exitCode = 1;
  } else {
    await mkdir(path.dirname(path.join(root, file.path)), { recursive: true });
    await writeFile(path.join(root, file.path), file.text);
    console.log(`wrote ${file.path}`);
  }
}

async function current(file: GeneratedFile): Promise<string | undefined> {
  try {
    return await readFile(path.join(root, file.path), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
