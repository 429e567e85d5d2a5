import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Finding, Place } from "@portolan/core";
import { placeAt, scanJson } from "./json-places.ts";

/** A file of the app that yields one value: a JSON document, or a module's default export. */
export interface SourceFile {
  /** Relative to the app's directory. */
  readonly file: string;
  readonly value: unknown;
  /** Where a path such as `http.port` stands in it, as far as that can be told. */
  place(path: string): Place;
}

export type SourceReading = { readonly source: SourceFile } | { readonly finding: Finding };

/** Reads a JSON file, or runs a module and takes its default export. What goes wrong is a finding that points at the user's line. */
export async function readSourceFile(directory: string, file: string): Promise<SourceReading> {
  return file.endsWith(".json") ? readJson(directory, file) : importModule(directory, file);
}

async function readJson(directory: string, file: string): Promise<SourceReading> {
  const text = (await readFile(join(directory, file), "utf8")).replace(/^\ufeff/, "");
  const scan = scanJson(text);
  if ("offset" in scan) {
    return {
      finding: {
        path: file,
        message: "not well-formed JSON",
        expected: scan.expected,
        found: scan.found,
        place: placeAt(file, text, scan.offset),
      },
    };
  }
  const place = (path: string): Place => {
    const parent = path.includes(".") ? path.slice(0, path.lastIndexOf(".")) : "";
    return placeAt(file, text, scan.places.get(path) ?? scan.places.get(parent) ?? 0);
  };
  return { source: { file, value: JSON.parse(text), place } };
}

async function importModule(directory: string, file: string): Promise<SourceReading> {
  try {
    // A module's namespace has whatever names it exports.
    const exports = (await import(pathToFileURL(join(directory, file)).href)) as Readonly<Record<string, unknown>>;
    if (!("default" in exports))
      return {
        finding: {
          path: file,
          message: "the module has no default export",
          expected: "export default …",
          found: exportedNames(exports),
          place: { file },
        },
      };
    return { source: { file, value: exports["default"], place: () => ({ file }) } };
  } catch (error) {
    return { finding: await findingOf(error, directory, file) };
  }
}

function exportedNames(exports: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(exports);
  return names.length === 0 ? "no export" : `exports ${names.join(", ")}`;
}

async function findingOf(error: unknown, directory: string, file: string): Promise<Finding> {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const place =
    code === "ERR_MODULE_NOT_FOUND"
      ? await importPlace(message, directory, file)
      : (syntaxPlace(stack, directory) ?? framePlace(stack, directory) ?? { file });
  const isSyntax = error instanceof SyntaxError;
  const what =
    isSyntax || code === "ERR_MODULE_NOT_FOUND"
      ? message
      : `the module threw ${error instanceof Error ? error.name : "a value"}: ${message}`;
  const hint =
    code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX"
      ? "TypeScript runs without a build, so only types may be TypeScript: write a const object instead of an enum"
      : undefined;
  return { path: file, message: withoutDirectory(what, directory), place, ...(hint === undefined ? {} : { hint }) };
}

function withoutDirectory(message: string, directory: string): string {
  return message.replaceAll(pathToFileURL(`${directory}/`).href, "").replaceAll(`${directory}/`, "");
}

/** V8 and the type stripper put `file:line`, the line and a row of carets before the stack of a syntax error. */
function syntaxPlace(stack: string, directory: string): Place | undefined {
  const [head = "", ...lines] = stack.split("\n");
  const match = /^(.+):(\d+)$/.exec(head);
  if (match?.[1] === undefined) return undefined;
  const carets = lines.find((line) => /^\s*\^+\s*$/.test(line));
  return {
    file: inDirectory(match[1], directory),
    line: Number(match[2]),
    ...(carets === undefined ? {} : { column: carets.indexOf("^") + 1 }),
  };
}

/** The innermost frame of the stack that is in the app's own files. */
function framePlace(stack: string, directory: string): Place | undefined {
  const frames = [...stack.matchAll(/(file:\/\/[^\s)]+|\/[^\s):]+):(\d+):(\d+)/g)];
  const frame = frames.find(([, file = ""]) => !inDirectory(file, directory).startsWith("..") && !file.includes("/node_modules/"));
  return frame?.[1] === undefined
    ? undefined
    : { file: inDirectory(frame[1], directory), line: Number(frame[2]), column: Number(frame[3]) };
}

/** Where the import stands that could not be resolved: the message names what and from where, but no line. */
async function importPlace(message: string, directory: string, file: string): Promise<Place> {
  const match = /'([^']+)' imported from (.+)$/.exec(message);
  if (match?.[1] === undefined || match[2] === undefined) return { file };
  const importer = inDirectory(match[2], directory);
  const wanted = match[1].split("/").at(-1) ?? match[1];
  const text = await readFile(join(directory, importer), "utf8");
  const offset = text.search(new RegExp(`["'][^"'\n]*${RegExp.escape(wanted)}["']`));
  return offset < 0 ? { file: importer } : placeAt(importer, text, offset);
}

function inDirectory(file: string, directory: string): string {
  return relative(directory, file.startsWith("file://") ? fileURLToPath(file) : file);
}
