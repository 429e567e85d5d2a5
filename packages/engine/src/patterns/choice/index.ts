import { option, optional, required, type Message } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { type Evaluate, definePattern, oneOfBodies } from "../../pattern.ts";
import type { Execution } from "../../runtime/execution.ts";
import { noting } from "../../runtime/points.ts";
import type { Step } from "../../runtime/step.ts";
import { truth } from "../../runtime/values.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Takes the first arm whose predicate holds. The result is the union of the arms. */
    choice<Next, End>(
      arms: (choice: ChoiceArms<Body, never, never>) => ChoiceArms<Body, Next, End>,
      options?: StepOptions,
    ): Steps<Next | Body, Ended | End, Of>;
    choice<Next, End>(
      arms: (choice: ChoiceArms<Body, never, never>) => ClosedChoice<Next, End>,
      options?: StepOptions,
    ): Steps<Next, Ended | End, Of>;
  }
}

/** The arms of a choice in the making. Without `otherwise` the message may go on unchanged. */
export interface ChoiceArms<Body, Next, Ended> {
  when<Narrowed extends Body, Taken, End>(
    predicate: (message: Message<Body>) => message is Message<Narrowed>,
    block: Block<Narrowed, Taken, End>,
  ): ChoiceArms<Body, Next | Taken, Ended | End>;
  when<Taken, End>(
    predicate: (message: Message<Body>) => unknown,
    block: Block<Body, Taken, End>,
  ): ChoiceArms<Body, Next | Taken, Ended | End>;
  otherwise<Taken, End>(block: Block<Body, Taken, End>): ClosedChoice<Next | Taken, Ended | End>;
}

/** A choice whose last arm takes everything else. */
export interface ClosedChoice<Next, Ended> {
  readonly closed: true;
  readonly next?: Next;
  readonly ended?: Ended;
}

const options = option.object({
  when: required(
    option.listOf(
      option.object({ when: required(option.expression, "Taken if it holds"), steps: required(option.steps, "What happens then") }),
    ),
    "Arms, tried in order; the first that holds is taken, and only that one",
  ),
  otherwise: optional(option.steps, "Taken if no arm holds"),
});

interface Arm {
  readonly evaluate: Evaluate;
  readonly block: Step;
}

interface Waiting {
  readonly message: Message;
  readonly execution: Execution;
}

/** Content-based router. */
export const choice = definePattern({
  name: "choice",
  title: "Choice",
  group: "routing",
  summary: "Takes the first arm whose predicate holds, and only that one.",
  semantics:
    "Arms are inline: after the choice all go on with the next step. No match and no `otherwise` is no error: the message goes on unchanged. A predicate after the one that held is not evaluated.",
  example: `
- choice:
    when:
      - when: body.total > 10000
        steps: [{ to: { channel: approvals } }]
    otherwise: [{ to: { channel: normal } }]`,
  options,
  body({ when, otherwise }, flow) {
    for (const arm of when) flow.value(arm.when);
    return oneOfBodies(...when.map((arm) => flow.list(arm.steps)), otherwise === undefined ? flow.before : flow.list(otherwise));
  },
  ends: ({ when, otherwise }, flow) => otherwise !== undefined && flow.list(otherwise) && when.every(({ steps }) => flow.list(steps)),
  compile({ options: { when, otherwise } }, compiler): Step {
    const arms = when.map((arm, index) => {
      const taken = compiler.branch(`when ${index + 1}: ${compiler.source(arm.when)}`);
      return { evaluate: compiler.expression(arm.when), block: noting(compiler.block(arm.steps), taken) };
    });
    const notTaken = compiler.branch(otherwise === undefined ? "no match" : "otherwise");
    const last = noting(otherwise === undefined ? (message) => message : compiler.block(otherwise), notTaken);

    const choose = (from: number, message: Message, execution: Execution): Message | Promise<Message> => {
      for (let index = from; index < arms.length; index++) {
        // The index is below the length of the list.
        const { evaluate, block } = arms[index] as Arm;
        const value = evaluate(message);
        if (value === true) return block(message, execution);
        if (value === false) continue;
        if (value instanceof Promise) return chooseLater(value, index, { message, execution });
        if (truth(value)) return block(message, execution);
      }
      return last(message, execution);
    };
    const chooseLater = async (value: Promise<unknown>, index: number, { message, execution }: Waiting): Promise<Message> =>
      truth(await value) ? (arms[index] as Arm).block(message, execution) : choose(index + 1, message, execution);

    return (message, execution) => choose(0, message, execution);
  },
  method([arms], block) {
    const when: unknown[] = [];
    let otherwise: unknown;
    const collect = {
      when(predicate: unknown, steps: unknown) {
        when.push({ when: predicate, steps: block(steps) });
        return collect;
      },
      otherwise(steps: unknown) {
        otherwise = block(steps);
        return collect;
      },
    };
    // The builder's type says that the argument is a function of this collector.
    (arms as (arms: unknown) => unknown)(collect);
    return otherwise === undefined ? { when } : { when, otherwise };
  },
});
