import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseCase, type CaseFile } from "@portolan/testkit";

const COLLECTION_SUFFIX = ".cases.yaml";

/** The files of a directory that hold several cases each. */
export async function findCollections(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory);
  return names
    .filter((name) => name.endsWith(COLLECTION_SUFFIX))
    .toSorted()
    .map((name) => join(directory, name));
}

/** Reads cases that stand in one file, as YAML documents: each with its name in `case`, and a flow of its own. */
export async function readCollection(file: string): Promise<readonly CaseFile[]> {
  const documents = (await readFile(file, "utf8")).split(/^---\n/m);
  return documents.map((text) => parseCase(text, `${/^case: (.+)$/m.exec(text)?.[1] ?? file}.case.yaml`, "inApp"));
}
