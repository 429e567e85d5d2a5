import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describeValue, isRecord, PortolanError } from "@portolan/core";
import { decodeText } from "../text/charset.ts";
import { parseJson } from "../json/json-text.ts";

export type JsonSchemaDocument = Readonly<Record<string, unknown>> | boolean;

const MAX_DEPTH = 256;

/** Reads a JSON Schema file; `path` starts in `directory`. */
export function readSchemaFile(directory: string, path: string): { readonly file: string; readonly schema: JsonSchemaDocument } {
  const file = resolve(directory, path);
  const schema = readJsonFile(file, path);
  if (typeof schema === "boolean" || isRecord(schema)) return { file, schema };
  throw unusable(path, { expected: "a JSON Schema, which is a map or a boolean", found: describeValue(schema) });
}

/** The error of a contract that cannot be used. `name` is its path, or what else people know it by. */
export function unusable(
  name: string,
  { expected, found, hint, cause }: { expected: string; found: string; hint?: string; cause?: unknown },
): PortolanError {
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `contract ${name} cannot be used: expected ${expected}, found ${found}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
    findings: [
      { path: "", message: "the contract cannot be used", expected, found, place: { file: name }, ...(hint === undefined ? {} : { hint }) },
    ],
  });
}

/** A schema document in JSON; `path` is what the app calls it. */
export function readJsonFile(file: string, path: string): unknown {
  return parse(read(file, path), path);
}

function read(file: string, path: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    const found = code === "ENOENT" ? `no such file at ${file}` : `${code} at ${file}`;
    throw unusable(path, {
      expected: "a readable schema file",
      found,
      cause,
      hint: "paths of contracts start in the app's directory",
    });
  }
}

function parse(bytes: Uint8Array, path: string): unknown {
  try {
    return parseJson(decodeText(bytes, "utf-8"), MAX_DEPTH);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw unusable(path, { expected: "a JSON document", found, cause });
  }
}
