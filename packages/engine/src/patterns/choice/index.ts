import { option, optional, required, type Message } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { definePattern, type StepCompiler } from "../../pattern.ts";
import type { Execution } from "../../runtime/execution.ts";
import type { Step } from "../../runtime/step.ts";

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
  when<Taken, End>(
    predicate: (message: Message<Body>) => unknown,
    block: Block<Body, Taken, End>,
  ): ChoiceArms<Body, Next | Taken, Ended | End>;
  when<Narrowed extends Body, Taken, End>(
    predicate: (message: Message<Body>) => message is Message<Narrowed>,
    block: Block<Narrowed, Taken, End>,
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

type Predicate = ReturnType<StepCompiler["predicate"]>;

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
  compile({ options: { when, otherwise } }, compiler): Step {
    const predicates = when.map((arm) => compiler.predicate(arm.when));
    const blocks = when.map((arm) => compiler.block(arm.steps));
    const last: Step = otherwise === undefined ? (message) => message : compiler.block(otherwise);

    const choose = (from: number, message: Message, execution: Execution): Message | Promise<Message> => {
      for (let index = from; index < predicates.length; index++) {
        // Predicates and blocks come in pairs.
        const taken = (predicates[index] as Predicate)(message);
        if (taken === true) return (blocks[index] as Step)(message, execution);
        if (taken !== false) return chooseLater(taken, index, { message, execution });
      }
      return last(message, execution);
    };
    const chooseLater = (
      taken: Promise<boolean>,
      index: number,
      { message, execution }: { readonly message: Message; readonly execution: Execution },
    ): Promise<Message> => taken.then((is) => (is ? (blocks[index] as Step)(message, execution) : choose(index + 1, message, execution)));

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
