import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { JsonataError } from "./errors.ts";
import { jsonata } from "./jsonata.ts";

interface SuiteCase {
  readonly expr?: string;
  readonly "expr-file"?: string;
  readonly data?: unknown;
  readonly dataset?: string | null;
  readonly bindings?: Readonly<Record<string, unknown>>;
  readonly timelimit?: number;
  readonly depth?: number;
  readonly result?: unknown;
  readonly undefinedResult?: boolean;
  readonly code?: string;
  readonly token?: string;
  readonly error?: { readonly code: string };
}

export const SUITE = fileURLToPath(new URL("../../../../../shared/suites/jsonata/", import.meta.url));

/** Empty unless the suite is there. */
export const suiteGroups: readonly string[] = existsSync(SUITE) ? readdirSync(`${SUITE}groups`) : [];

/**
 * How many cases of a group differ; the groups that are not here agree in full. The three of tail-recursion expect U1001, which the suite's
 * own stopwatch throws: here an evaluation that is nested too deeply, or takes too long, ends with D1011 or D1012, and calls count
 * rather than nodes.
 */
export const DIFFERENT: Readonly<Record<string, number>> = {
  "tail-recursion": 3,
};

export function casesOf(group: string): readonly SuiteCase[] {
  const files = readdirSync(`${SUITE}groups/${group}`).filter((file) => file.endsWith(".json"));
  return files.flatMap((file) => read(`groups/${group}/${file}`) as SuiteCase | SuiteCase[]);
}

export function agrees(group: string, one: SuiteCase): boolean {
  const text = one.expr ?? readFileSync(`${SUITE}groups/${group}/${one["expr-file"] ?? ""}`, "utf8");
  const data = "data" in one ? one.data : one.dataset ? read(`datasets/${one.dataset}.json`) : undefined;
  const limits = { ...(one.timelimit !== undefined && { timeMs: one.timelimit }), ...(one.depth !== undefined && { depth: one.depth }) };
  try {
    const value = jsonata(text, { limits }).evaluate(data, one.bindings);
    if (one.undefinedResult === true || value === undefined) return one.undefinedResult === true && value === undefined;
    if (!("result" in one)) return false;
    return isDeepStrictEqual(JSON.parse(JSON.stringify(value)), one.result);
  } catch (thrown) {
    if (!(thrown instanceof JsonataError)) return false;
    return thrown.code === (one.code ?? one.error?.code) && (one.token === undefined || one.token === thrown.token);
  }
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(SUITE + path, "utf8"));
}
