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
  function expression(text: string): string {
    const path = filePath(text);
    return tableText(readRows(path === undefined ? text : read(resolve(directory, path), path)));
  }
  return {
    name: "table",
    title: "Mapping table",
    compile: (text, context) => jsonataLanguage.compile(expression(text), context),
    // Each row is a line of the expression, which nobody has seen.
    check(text, scope) {
      const { findings = [], yields = true } = jsonataLanguage.check?.(expression(text), scope) ?? {};
      return {
        yields,
        findings: findings.map((finding) => ({ ...finding, message: finding.message.replace(/ \((?:line \d+, )?column \d+\)$/, "") })),
      };
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
