import { option, optional, PortolanError, required, withDefault, type Duration, type Message } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { DROPPED, type Execution } from "../../runtime/execution.ts";
import { createBatches } from "./batches.ts";
import { createStream } from "./stream.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Puts messages into order. */
    resequence(options: ResequenceOptions<Body>): Steps<Body, Ended | null, Of>;
    resequence<Next, End>(options: ResequenceOptions<Body>, block: Block<Body, Next, End>): Steps<Body, Ended, Of>;
  }
}

export interface ResequenceOptions<Body> extends StepOptions {
  readonly by: (message: Message<Body>) => number | string | undefined;
  readonly mode?: "batch" | "stream";
  readonly size?: number;
  readonly timeout?: Duration;
  readonly reverse?: boolean;
  readonly duplicates?: "keep" | "dropLater";
  readonly start?: number;
  readonly capacity?: number;
  readonly onLate?: "fail" | "pass";
}

const options = option.object({
  by: required(option.expression, "What to order by; missing fails with PORTOLAN_KEY_MISSING"),
  mode: withDefault(option.oneOf("batch", "stream"), "batch", "Sort so many at a time, or close gaps in a row of numbers"),
  steps: optional(option.steps, "What the messages go through in order; without it, the rest of the list"),
  size: withDefault(option.integer({ min: 1 }), 100, "batch: sort and release at that many"),
  timeout: withDefault(
    option.duration,
    1000,
    "batch: release this long after the first message. stream: longest wait of a message for its predecessor",
  ),
  reverse: withDefault(option.boolean, false, "batch: falling order"),
  duplicates: withDefault(option.oneOf("keep", "dropLater"), "keep", "batch: equal keys, keep all in arrival order, or the first only"),
  start: optional(option.integer(), "stream: the first number"),
  capacity: withDefault(option.integer({ min: 1 }), 1000, "stream: when more wait, the smallest is released"),
  onLate: withDefault(option.oneOf("fail", "pass"), "fail", "stream: a number below the last released"),
});

/** Resequencer. */
export const resequence = definePattern({
  name: "resequence",
  title: "Resequence",
  group: "split and join",
  summary: "Puts messages into order.",
  semantics:
    "stream needs whole numbers. A message is released when its predecessor has been released, or it equals the last released number, or its own wait is over; with it everything smaller that still waits, in order, and then all direct successors. With `start` smaller numbers are late; without it the first message waits its `timeout` for smaller ones. Sender, unit of work and failures are as in `aggregate`: the messages that wait live in the store, the block runs later, in a unit of work of its own.",
  example: `
- resequence: { by: body.seq, mode: stream, start: 1, timeout: 5s }`,
  options,
  gate: true,
  compile({ options }, compiler) {
    const by = compiler.expression(options.by);
    const block = options.steps === undefined ? compiler.rest() : compiler.block(options.steps);
    const inbox = compiler.reenter(block);
    const sequencer = options.mode === "batch" ? createBatches(options, compiler, inbox) : createStream(options, compiler, inbox);
    const gate = options.steps === undefined;
    const leave = (message: Message, execution: Execution): Message => {
      if (gate) execution.end = DROPPED;
      return message;
    };
    const add = (value: unknown, message: Message, execution: Execution): Message | Promise<Message> => {
      if (value === undefined || value === null || value === "")
        throw new PortolanError("PORTOLAN_KEY_MISSING", "the key of the resequencer is missing");
      const added = sequencer.add({ value, message, execution });
      return added instanceof Promise ? added.then(() => leave(message, execution)) : leave(message, execution);
    };
    return (message, execution) => {
      const value = by(message);
      return value instanceof Promise ? value.then((known) => add(known, message, execution)) : add(value, message, execution);
    };
  },
  method: ([options, steps], block) => ({
    ...(typeof options === "object" ? options : {}),
    ...(steps === undefined ? {} : { steps: block(steps) }),
  }),
});
