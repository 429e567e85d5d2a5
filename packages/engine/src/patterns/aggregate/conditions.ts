import type { Awaitable, Expression, Message } from "@portolan/core";
import type { StepCompiler } from "../../pattern.ts";
import { andThen } from "../../runtime/step.ts";
import { numberOf } from "../../runtime/values.ts";

export interface CompletionOptions {
  readonly when?: Expression | undefined;
  readonly whenIncoming?: Expression | undefined;
  readonly size?: number | undefined;
  readonly sizeFrom?: Expression | undefined;
  readonly timeout?: number | Expression | undefined;
  readonly interval?: number | undefined;
  readonly before?: Expression | undefined;
  readonly newKey?: true | undefined;
  readonly all?: { readonly when: Expression; readonly include: boolean } | undefined;
  readonly onStop?: true | undefined;
}

export type CompletedBy = "all" | "before" | "whenIncoming" | "when" | "size" | "newKey" | "timeout" | "interval" | "stop";

/** What completes a group, asked of each message. What is not asked for costs nothing. */
export interface Conditions {
  /** On the message and the body so far. */
  readonly before: Predicate | undefined;
  readonly all: Predicate | undefined;
  /** How many messages complete the group, after this one. */
  wantedSize(message: Message, current: number | undefined): Awaitable<number | undefined>;
  /** When the group is due, after this message. */
  dueAfter(message: Message, current: number | undefined): Awaitable<number | undefined>;
  bySize(group: GroupSoFar): CompletedBy | undefined;
  /** Asked instead, where predicates have to be. `combined` is the group as one message, the message in question included. */
  readonly byPredicate: ((group: GroupSoFar, message: Message, combined: Combined) => Promise<CompletedBy | undefined>) | undefined;
}

interface GroupSoFar {
  readonly size: number;
  readonly wanted: number | undefined;
}

type Combined = (attributes: Message["attributes"]) => Awaitable<Message>;
type Predicate = (message: Message, acc?: unknown) => boolean | Promise<boolean>;

export function compileConditions(complete: CompletionOptions, compiler: StepCompiler): Conditions {
  check(complete, compiler);
  const predicate = (expression: Expression | undefined) => (expression === undefined ? undefined : compiler.predicate(expression));
  const when = predicate(complete.when);
  const whenIncoming = predicate(complete.whenIncoming);
  const { size, timeout } = complete;
  const sizeFrom = complete.sizeFrom === undefined ? undefined : compiler.expression(complete.sizeFrom);
  const timeoutOf = typeof timeout === "number" || timeout === undefined ? undefined : compiler.expression(timeout);

  const bySize = (group: GroupSoFar): CompletedBy | undefined => {
    const wanted = group.wanted ?? size;
    return wanted !== undefined && group.size >= wanted ? "size" : undefined;
  };

  const byPredicate = async (group: GroupSoFar, incoming: Message, combined: Combined): Promise<CompletedBy | undefined> => {
    if (whenIncoming !== undefined && (await whenIncoming(incoming))) return "whenIncoming";
    if (when !== undefined && (await when(await combined(incoming.attributes)))) return "when";
    return bySize(group);
  };

  return {
    before: predicate(complete.before),
    all: predicate(complete.all?.when),
    bySize,
    byPredicate: when === undefined && whenIncoming === undefined ? undefined : byPredicate,

    wantedSize(message, current) {
      if (sizeFrom === undefined) return undefined;
      // A message that asks for none has `size`; without it, what one before it asked for.
      const otherwise = size === undefined ? current : undefined;
      return andThen(sizeFrom(message), (value) => {
        if (value === undefined || value === null) return otherwise;
        const wanted = numberOf(value, "the size of the group");
        return wanted >= 1 ? wanted : otherwise;
      });
    },

    dueAfter(message, current) {
      if (timeout === undefined) return undefined;
      const now = compiler.clock.now();
      if (timeoutOf === undefined) return now + Number(timeout);
      return andThen(timeoutOf(message), (value) =>
        value === undefined || value === null ? current : now + numberOf(value, "the timeout of the group"),
      );
    },
  };
}

function check(complete: CompletionOptions, compiler: StepCompiler): void {
  const given = Object.entries(complete).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given.length === 0)
    compiler.invalid(
      "a group needs a condition that completes it",
      "when, whenIncoming, size, sizeFrom, timeout, interval, before, newKey, all or onStop",
      "none",
    );
  if (complete.interval !== undefined && complete.timeout !== undefined)
    compiler.invalid("`interval` and `timeout` exclude each other", "one of them", "both");
  const others = given.filter((name) => name !== "before" && name !== "timeout");
  if (complete.before !== undefined && others.length > 0)
    compiler.invalid("only `timeout` may stand beside `before`", "before and timeout", given.join(", "));
}
