import { PortolanError, describeValue, isRecord, type Awaitable, type Message } from "@portolan/core";
import type { CombineOption } from "../../definition/combine-option.ts";
import type { StepCompiler } from "../../pattern.ts";
import { merged, textOf } from "../../runtime/combine.ts";
import { andThen } from "../../runtime/step.ts";

/** How the messages of a group become one body. */
export type Combination = Folding | Listing;

/** The body so far is all that a group keeps of its messages. */
interface Folding {
  readonly kind: "fold";
  /** `undefined` is an empty group. */
  add(held: { readonly acc: unknown } | undefined, message: Message): Awaitable<unknown>;
}

/** A group keeps something of each message, written once, and the body is made of all of that when it is asked for. */
interface Listing {
  readonly kind: "list";
  itemOf(message: Message): unknown;
  body(items: readonly unknown[]): unknown;
}

export function compileCombination(combine: CombineOption, compiler: StepCompiler): Combination {
  if (typeof combine === "object" && "fold" in combine) {
    const fold = compiler.fold(combine.fold);
    const initial = combine.initial === undefined ? undefined : compiler.expression(combine.initial);
    const add = (message: Message, acc: unknown) => andThen(fold(message, acc), (value) => value ?? null);
    return {
      kind: "fold",
      add: (held, message) => (held === undefined ? andThen(initial?.(message), (acc) => add(message, acc)) : add(message, held.acc)),
    };
  }
  if (typeof combine === "object") return { kind: "list", itemOf: ({ body }) => textOf(body), body: (items) => items.join(combine.join) };
  switch (combine) {
    case "first":
      return { kind: "fold", add: (held, { body }) => (held === undefined ? body : held.acc) };
    case "last":
      return { kind: "fold", add: (_held, { body }) => body };
    case "merge":
      return { kind: "list", itemOf: mergeable, body: merged };
    default:
      return { kind: "list", itemOf: ({ body }) => body, body: (items) => items };
  }
}

function mergeable({ body }: Message): unknown {
  if (isRecord(body)) return body;
  throw new PortolanError("PORTOLAN_COMBINE_FAILED", `merge takes objects only, found ${describeValue(body)}`);
}
