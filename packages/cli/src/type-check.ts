import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { isRecord, type Finding } from "@portolan/core";

/** What a compiler found in the app's own files; or why none looked at them. */
export type TypeCheck = { readonly findings: readonly TypeFinding[] } | { readonly unchecked: string };

/** `code` is the compiler's, such as TS2322. */
export interface TypeFinding extends Finding {
  readonly code: string;
}

export interface CheckedFiles {
  readonly directory: string;
  /** Relative to the directory. */
  readonly files: readonly string[];
}

/** With every file of a project that has many. */
const MAX_OUTPUT_BYTES = 64 * 1024 ** 2;
/** A project that this one refers to has not been built: nothing is wrong with the app. */
const UNBUILT_REFERENCE = "TS6305";

/**
 * Checks the types of an app's code as its own project does: with the TypeScript that it has installed, and its `tsconfig.json`.
 * Undefined if there is no code in TypeScript.
 */
export async function checkTypes({ directory, files }: CheckedFiles): Promise<TypeCheck | undefined> {
  const code = files.filter((file) => /\.m?ts$/.test(file));
  if (code.length === 0) return undefined;
  const project = nearest("tsconfig.json", directory);
  if (project === undefined) return { unchecked: "there is no tsconfig.json" };
  const compiler = compilerOf(directory);
  if (compiler === undefined) return { unchecked: "the app has no typescript installed" };
  const { output, trouble } = await run([compiler, "--noEmit", "--pretty", "false", "--listFiles", "--project", project], directory);
  const lines = output.split(/\r?\n/);
  const seen = new Set(lines.map((line) => resolve(directory, line)));
  const left = code.filter((file) => !seen.has(resolve(directory, file)));
  const general = lines.find((line) => /^error TS\d+: /.test(line));
  if (general !== undefined) return { unchecked: general };
  if (output === "") return { unchecked: `the compiler says nothing: ${trouble}` };
  if (left.length > 0) return { unchecked: `${left.join(", ")} is not in the project of ${relative(directory, project)}` };
  return { findings: findingsIn(lines, directory) };
}

function nearest(name: string, directory: string): string | undefined {
  const file = join(directory, name);
  if (existsSync(file)) return file;
  const above = dirname(directory);
  return above === directory ? undefined : nearest(name, above);
}

/** The program of the compiler that the app's code would import. */
function compilerOf(directory: string): string | undefined {
  try {
    const manifest = createRequire(join(directory, "app.js")).resolve("typescript/package.json");
    const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly bin?: unknown }; // a manifest is a map
    return isRecord(bin) && typeof bin["tsc"] === "string" ? join(dirname(manifest), bin["tsc"]) : undefined;
  } catch {
    // Not installed: that is the answer.
    return undefined;
  }
}

interface Run {
  readonly output: string;
  /** Why there is none. */
  readonly trouble: string;
}

/** What the compiler prints. That it found errors says its exit code, too: that alone is no trouble. */
function run(argv: readonly string[], directory: string): Promise<Run> {
  return new Promise((done) => {
    execFile(process.execPath, argv, { cwd: directory, maxBuffer: MAX_OUTPUT_BYTES }, (error, output, stderr) =>
      done({ output, trouble: stderr.trim() || (error?.message ?? "") }),
    );
  });
}

const DIAGNOSTIC = /^(.+)\((\d+),(\d+)\): error (TS\d+): (.*)$/;

function findingsIn(lines: readonly string[], directory: string): readonly TypeFinding[] {
  const findings: TypeFinding[] = [];
  for (const [index, text] of lines.entries()) {
    const [, path = "", line, column, code = "", message] = DIAGNOSTIC.exec(text) ?? [];
    if (message === undefined || code === UNBUILT_REFERENCE) continue;
    const file = relative(directory, resolve(directory, path));
    // What is wrong in other parts of the project is not the app's.
    if (file.startsWith("..") || isAbsolute(file)) continue;
    const place = { file: resolve(directory, file), line: Number(line), column: Number(column) };
    findings.push({ code, path: file, message: [message, ...detailsAfter(lines, index)].join("\n"), place });
  }
  return findings;
}

/** A message goes on in lines that are indented. */
function detailsAfter(lines: readonly string[], index: number): readonly string[] {
  const rest = lines.slice(index + 1);
  const end = rest.findIndex((line) => !line.startsWith("  "));
  return end < 0 ? rest : rest.slice(0, end);
}
