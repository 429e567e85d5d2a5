import { option, optional, required, withDefault, type Duration, type Message } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { combineOption } from "../../definition/combine-option.ts";
import { definePattern } from "../../pattern.ts";
import { DROPPED, type Execution } from "../../runtime/execution.ts";
import { keyOf } from "../../runtime/values.ts";
import { createAggregator } from "./aggregator.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Collects messages with the same key; a complete group goes through the rest of the list as one message. */
    aggregate(options: AggregateOptions<Body> & { readonly combine?: "list" }): Steps<readonly Body[], Ended | null, Of>;
    aggregate(options: AggregateOptions<Body> & { readonly combine: "first" | "last" }): Steps<Body, Ended | null, Of>;
    aggregate(options: AggregateOptions<Body> & { readonly combine: { readonly join: string } }): Steps<string, Ended | null, Of>;
    aggregate<Acc>(
      options: AggregateOptions<Body> & {
        readonly combine: {
          readonly fold: (acc: Acc, message: Message<Body>) => Acc | Promise<Acc>;
          readonly initial: (message: Message<Body>) => Acc;
        };
      },
    ): Steps<Acc, Ended | null, Of>;
    /** With a block the group goes through that, and the message itself goes on, unchanged. */
    aggregate<Next, End>(
      options: AggregateOptions<Body> & { readonly combine?: "list" },
      block: Block<readonly Body[], Next, End>,
    ): Steps<Body, Ended, Of>;
    aggregate<Next, End>(
      options: AggregateOptions<Body> & { readonly combine: "first" | "last" },
      block: Block<Body, Next, End>,
    ): Steps<Body, Ended, Of>;
    aggregate<Next, End>(
      options: AggregateOptions<Body> & { readonly combine: { readonly join: string } },
      block: Block<string, Next, End>,
    ): Steps<Body, Ended, Of>;
    aggregate<Acc, Next, End>(
      options: AggregateOptions<Body> & {
        readonly combine: {
          readonly fold: (acc: Acc, message: Message<Body>) => Acc | Promise<Acc>;
          readonly initial: (message: Message<Body>) => Acc;
        };
      },
      block: Block<Acc, Next, End>,
    ): Steps<Body, Ended, Of>;
  }
}

export interface AggregateOptions<Body> extends StepOptions {
  readonly key: (message: Message<Body>) => unknown;
  readonly complete: {
    readonly when?: (message: Message) => unknown;
    readonly whenIncoming?: (message: Message<Body>) => unknown;
    readonly size?: number;
    readonly sizeFrom?: (message: Message<Body>) => number | undefined;
    readonly timeout?: Duration | ((message: Message<Body>) => number | undefined);
    readonly interval?: Duration;
    readonly before?: (message: Message<Body>) => unknown;
    readonly newKey?: true;
    readonly all?: { readonly when: (message: Message<Body>) => unknown; readonly include?: boolean };
    readonly onStop?: true;
  };
  readonly onMissingKey?: "fail" | "skip";
  readonly rememberClosed?: number;
  readonly onTimeout?: "complete" | "discard";
  readonly concurrency?: number;
}

const complete = {
  when: optional(option.expression, "Holds on the combined message after adding"),
  whenIncoming: optional(option.expression, "Holds on the incoming message; it is added, then the group completes"),
  size: optional(option.integer({ min: 1 }), "The group has that many messages"),
  sizeFrom: optional(option.expression, "Overrides `size` when it yields a number of at least 1 on the incoming message"),
  timeout: optional(option.durationOrExpression, "No message for so long; an expression is evaluated on each incoming message"),
  interval: optional(option.duration, "Every group open at each tick since start completes; not with `timeout`"),
  before: optional(
    option.expression,
    "With `acc`, the combined body so far: true completes the old group without the incoming message; only `timeout` may stand beside it",
  ),
  newKey: optional(option.oneOf(true), "A message with another key completes all other groups"),
  all: optional(
    option.object({
      when: required(option.expression, "An incoming message for which it holds completes all groups"),
      include: withDefault(option.boolean, false, "It is added first; otherwise it is a pure signal"),
    }),
    "Completes all groups",
  ),
  onStop: optional(option.oneOf(true), "An orderly stop completes open groups; otherwise they stay in the store"),
};

const options = option.object({
  key: required(option.expression, "What belongs together; constant `1` for one group"),
  combine: withDefault(combineOption(["last", "first", "list", "merge"]), "list", "How messages become one"),
  complete: required(option.object(complete), "When a group is complete; at least one condition"),
  steps: optional(option.steps, "What a complete group goes through; without it, the rest of the list"),
  onMissingKey: withDefault(option.oneOf("fail", "skip"), "fail", "`skip` drops the message"),
  rememberClosed: withDefault(
    option.integer({ min: 0 }),
    0,
    "Remember the last n completed keys; a message for one fails with PORTOLAN_KEY_CLOSED",
  ),
  onTimeout: withDefault(option.oneOf("complete", "discard"), "complete", "What a group does at `timeout`"),
  concurrency: withDefault(option.integer({ min: 1 }), 1, "Completed groups in process at once; 1 keeps completion order"),
});

/** Aggregator. */
export const aggregate = definePattern({
  name: "aggregate",
  title: "Aggregate",
  group: "split and join",
  summary: "Collects messages with the same key into a group; a complete group goes through a block as one message.",
  semantics:
    "Adding the message, closing the group and handing it over are part of the incoming message's unit of work: if that message fails later, it is not in the group. The sender's result is nothing without `steps`; with `steps` the message goes on, unchanged. The block runs in a unit of work of its own after that commit, so its failures never reach the sender. Groups and their timers live in the store. A timer belongs to one group, not to the key. The block sees `attributes.aggregate`, `{ key, size, completedBy }`; of several conditions the first that holds counts, in the order all, before, whenIncoming, when, size, newKey, timeout, interval, stop.",
  example: `
- aggregate:
    key: body.orderId
    combine: { join: "+" }
    complete: { size: 3, timeout: 10s }
    steps: [{ to: { channel: batches } }]`,
  options,
  gate: true,
  compile({ options }, compiler) {
    const evaluate = compiler.expression(options.key);
    const block = options.steps === undefined ? compiler.rest() : compiler.block(options.steps);
    const aggregator = createAggregator(options, compiler, compiler.reenter(block, { concurrency: options.concurrency }));
    const gate = options.steps === undefined;

    const leave = (message: Message, execution: Execution): Message => {
      if (gate) execution.end = DROPPED;
      return message;
    };
    const add = (value: unknown, message: Message, execution: Execution): Message | Promise<Message> => {
      const added = aggregator.take({ key: keyOf(value), value, message, execution });
      return added instanceof Promise ? added.then(() => leave(message, execution)) : leave(message, execution);
    };
    return (message, execution) => {
      const value = evaluate(message);
      return value instanceof Promise ? value.then((key) => add(key, message, execution)) : add(value, message, execution);
    };
  },
  method([options, steps], block) {
    return { ...(typeof options === "object" ? options : {}), ...(steps === undefined ? {} : { steps: block(steps) }) };
  },
});
