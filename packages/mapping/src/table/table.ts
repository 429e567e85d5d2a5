import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Language } from "@portolan/core";
import { jsonataLanguage } from "../jsonata/language.ts";
import { readRows } from "./rows.ts";
import { tableText } from "./table-text.ts";

/**
 * Mapping tables: rows of target, source and what else analysts note, in YAML or JSON, or the path of a file of these. A table is compiled
 * as one expression of JSONata. Paths start in `directory`.
 */
export function createTableLanguage({ directory = "." }: { readonly directory?: string } = {}): Language {
  return {
    name: "table",
    title: "Mapping table",
    compile(text, context) {
      const path = filePath(text);
      const rows = readRows(path === undefined ? text : read(resolve(directory, path), path));
      return jsonataLanguage.compile(tableText(rows), context);
    },
  };
}

function filePath(text: string): string | undefined {
  return /^[^\n[{]+\.(?:ya?ml|json)$/.test(text.trim()) ? text.trim() : undefined;
}

function read(file: string, path: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new SyntaxError(`the mapping table ${path} cannot be read: ${code === "ENOENT" ? `no such file at ${file}` : code}`, { cause });
  }
}
