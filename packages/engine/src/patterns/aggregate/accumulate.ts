import { PortolanError, describeValue, isRecord, type Message } from "@portolan/core";
import type { CombineOption } from "../../definition/combine-option.ts";
import type { StepCompiler } from "../../pattern.ts";
import { textOf } from "../../runtime/combine.ts";

/** Adds one message to what a group holds so far; `undefined` is an empty group. */
export type Accumulate = (held: { readonly acc: unknown } | undefined, message: Message) => unknown;

export function compileAccumulate(combine: CombineOption, compiler: StepCompiler): Accumulate {
  if (typeof combine === "object" && "fold" in combine) {
    const fold = compiler.fold(combine.fold);
    const initial = combine.initial === undefined ? undefined : compiler.expression(combine.initial);
    return async (held, message) => (await fold(message, held === undefined ? await initial?.(message) : held.acc)) ?? null;
  }
  if (typeof combine === "object") {
    return (held, { body }) => (held === undefined ? textOf(body) : `${String(held.acc)}${combine.join}${textOf(body)}`);
  }
  switch (combine) {
    case "first":
      return (held, { body }) => (held === undefined ? body : held.acc);
    case "last":
      return (_held, { body }) => body;
    case "merge":
      return (held, { body }) => ({ ...(held === undefined ? {} : mergeable(held.acc)), ...mergeable(body) });
    default:
      // A group holds a list that only this line makes.
      return (held, { body }) => [...(held === undefined ? [] : (held.acc as readonly unknown[])), body];
  }
}

function mergeable(value: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new PortolanError("PORTOLAN_COMBINE_FAILED", `merge takes objects only, found ${describeValue(value)}`);
}
