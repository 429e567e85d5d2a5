import { PortolanError, describeValue, isRecord, withBody, type Message } from "@portolan/core";
import type { CombineOption } from "../definition/combine-option.ts";
import type { StepCompiler } from "../pattern.ts";
import { andThen } from "./step.ts";

/** Makes one message of the one that came in and the results of its parts. */
export interface Combiner {
  /** Whether the results matter at all. */
  readonly needsResults: boolean;
  combine(entered: Message, results: readonly PartResult[]): Message | Promise<Message>;
}

export interface PartResult {
  readonly name: string;
  readonly message: Message;
}

/** flow-format section 5, Combiners. */
export function compileCombiner(combine: CombineOption, compiler: StepCompiler): Combiner {
  if (combine === "original") return { needsResults: false, combine: (entered) => entered };
  if (typeof combine === "object" && "fold" in combine) return foldCombiner(combine, compiler);
  return { needsResults: true, combine: (entered, results) => combineBodies(combine, entered, results) };
}

function combineBodies(combine: Exclude<CombineOption, { fold: unknown }>, entered: Message, results: readonly PartResult[]): Message {
  const bodies = results.map((result) => result.message.body);
  if (typeof combine === "object") return withBody(entered, bodies.map(textOf).join(combine.join));
  switch (combine) {
    case "original":
      return entered;
    case "first":
      return results.length === 0 ? entered : withBody(entered, bodies[0]);
    case "last":
      return results.length === 0 ? entered : withBody(entered, bodies.at(-1));
    case "list":
      return withBody(entered, bodies);
    case "object":
      return withBody(entered, Object.fromEntries(results.map((result) => [result.name, result.message.body])));
    case "merge":
      return withBody(entered, merged(bodies));
    default:
      throw combine satisfies never;
  }
}

function foldCombiner(combine: Extract<CombineOption, { fold: unknown }>, compiler: StepCompiler): Combiner {
  const fold = compiler.fold(combine.fold);
  const initial = combine.initial === undefined ? undefined : compiler.expression(combine.initial);
  const foldAll = (results: readonly PartResult[], start: unknown): unknown => {
    let acc = start;
    for (const [index, { message }] of results.entries()) {
      acc = fold(message, acc);
      if (acc instanceof Promise) return foldLater(results.slice(index + 1), acc);
    }
    return acc;
  };
  const foldLater = async (results: readonly PartResult[], start: Promise<unknown>): Promise<unknown> => {
    let acc = await start;
    for (const { message } of results) acc = await fold(message, acc);
    return acc;
  };
  return {
    needsResults: true,
    combine: (entered, results) =>
      andThen(initial?.(entered), (start: unknown) =>
        andThen(foldAll(results, start), (acc: unknown) => withBody(entered, acc === undefined ? null : acc)),
      ),
  };
}

/** The members of all of them, later ones over earlier ones of the same name. */
export function merged(bodies: readonly unknown[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const body of bodies) {
    if (!isRecord(body)) throw new PortolanError("PORTOLAN_COMBINE_FAILED", `merge takes objects only, found ${describeValue(body)}`);
    for (const [key, value] of Object.entries(body))
      Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
  }
  return result;
}

/** A value as JSONata's `$string` writes it: text as it is, nothing as "", numbers to 15 digits. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === "number" ? Number(part.toPrecision(15)) : part)) ?? "";
}
