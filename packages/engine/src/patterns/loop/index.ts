import { option, optional, PortolanError, required, withAttribute, withDefault, type Message } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { RUNNING, type Execution } from "../../runtime/execution.ts";
import { andThen } from "../../runtime/step.ts";
import { numberOf } from "../../runtime/values.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Repeats a block a number of times, or while a predicate holds. */
    loop<End>(
      times: (message: Message<Body>) => number,
      block: Block<Body, Body, End>,
      options?: LoopOptions,
    ): Steps<Body, Ended | End, Of>;
    loop<End>(
      condition: { readonly while: (message: Message<Body>) => unknown },
      block: Block<Body, Body, End>,
      options?: LoopOptions,
    ): Steps<Body, Ended | End, Of>;
  }
}

export interface LoopOptions extends StepOptions {
  /** Each round starts from the message that entered. */
  readonly copy?: boolean;
  readonly max?: number;
}

const options = option.object({
  times: optional(option.expression, "How often; evaluated once. At most 0 is none, fractions are cut off"),
  while: optional(option.expression, "Evaluated before each round on the current message"),
  copy: withDefault(option.boolean, false, "Each round starts from the message that entered"),
  max: withDefault(option.integer({ min: 0 }), 10_000, "More rounds fail with PORTOLAN_LOOP_LIMIT"),
  steps: required(option.steps, "What is repeated"),
});

/** Loop. */
export const loop = definePattern({
  name: "loop",
  title: "Loop",
  group: "split and join",
  summary: "Repeats a block a number of times, or while a predicate holds.",
  semantics:
    "Exactly one of `times` and `while`. Without `copy` each round continues where the last ended; with it the result is that of the last round. A gate without `steps` inside ends the loop and drops the message. A failing round fails the loop. `attributes.loop` is `{ index, size }`.",
  example: `
- loop: { times: 3, steps: [{ map: 'body & "!"' }] }`,
  options,
  compile({ options: { times, while: condition, copy, max, steps } }, compiler) {
    if ((times === undefined) === (condition === undefined))
      compiler.invalid("a loop has exactly one of `times` and `while`", "times or while", times === undefined ? "neither" : "both");
    const count = times === undefined ? undefined : compiler.expression(times);
    const holds = condition === undefined ? undefined : compiler.predicate(condition);
    const block = compiler.block(steps);
    const mark = (message: Message, index: number, size: number | null) => withAttribute(message, "loop", { index, size });

    /** One round; undefined if there is none left. */
    const turn = ({ entered, execution, size }: Rounds, { index, current }: Round): Turn | Promise<Turn> => {
      const run = () => {
        if (index >= max)
          throw new PortolanError("PORTOLAN_LOOP_LIMIT", `more than ${max} rounds`, { hint: "raise max if that many are right" });
        return block(mark(copy ? entered : current, index, size), execution);
      };
      if (size !== null) return index < size ? run() : undefined;
      return andThen(holds?.(mark(current, index, null)), (holding) => (holding ? run() : undefined));
    };

    const rounds = (loop: Rounds): Message | Promise<Message> => {
      let current = loop.entered;
      for (let index = 0; ; index++) {
        const next = turn(loop, { index, current });
        if (next instanceof Promise) return roundsLater(loop, { index, current }, next);
        if (next === undefined) return current;
        current = next;
        if (loop.execution.end !== RUNNING) return current;
      }
    };

    /** Goes on with a round that has to wait. */
    const roundsLater = async (loop: Rounds, from: Round, waiting: Promise<Turn>): Promise<Message> => {
      let { current } = from;
      let next = await waiting;
      for (let index = from.index + 1; next !== undefined; index++) {
        current = next;
        if (loop.execution.end !== RUNNING) break;
        next = await turn(loop, { index, current });
      }
      return current;
    };

    return (message, execution) => {
      if (count === undefined) return rounds({ entered: message, execution, size: null });
      return andThen(count(message), (value) =>
        rounds({ entered: message, execution, size: Math.max(0, Math.trunc(numberOf(value, "the number of rounds"))) }),
      );
    };
  },
  method([rounds, steps, extra], block) {
    const options = typeof extra === "object" && extra !== null ? extra : {};
    const count = typeof rounds === "object" && rounds !== null ? rounds : { times: rounds };
    return { ...count, ...options, steps: block(steps) };
  },
});

/** What stays the same over all rounds of one message. */
interface Rounds {
  readonly entered: Message;
  readonly execution: Execution;
  /** null: as long as the predicate holds. */
  readonly size: number | null;
}

interface Round {
  readonly index: number;
  readonly current: Message;
}

type Turn = Message | undefined;
