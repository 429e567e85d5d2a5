import { NO_ATTRIBUTES, option, optional, required, withAttributes, type Attributes, type Message } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { behindBlock, definePattern } from "../../pattern.ts";
import { DROPPED, type Execution } from "../../runtime/execution.ts";
import { truth } from "../../runtime/values.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Lets through what matches; a type guard narrows the body. */
    filter<Narrowed extends Body>(
      when: (message: Message<Body>) => message is Message<Narrowed>,
      options?: StepOptions,
    ): Steps<Narrowed, Ended, Of>;
    filter(when: (message: Message<Body>) => unknown, options?: StepOptions): Steps<Body, Ended, Of>;
    filter<Next, End>(
      when: (message: Message<Body>) => unknown,
      block: Block<Body, Next, End>,
      options?: StepOptions,
    ): Steps<Body | Next, Ended | End, Of>;
  }
}

const options = option.object({
  when: required(option.expression, "What lets a message through"),
  steps: optional(option.steps, "The block that matching messages go through; without it, the rest of the list"),
});

/** Message filter. */
export const filter = definePattern({
  name: "filter",
  title: "Filter",
  group: "routing",
  summary: "Lets a message through that matches.",
  semantics:
    "With `steps`, a message that does not match skips the block and the route goes on after it. Without `steps` it is *dropped*: the rest of the list and of the inline blocks around it is skipped, up to the end of the route, part, branch or group. Sets `attributes.matched` either way.",
  example: `
- filter: { when: body.total > 100 }
- to: { channel: orders }`,
  options,
  body: behindBlock,
  gate: true,
  compile({ options: { when, steps } }, compiler) {
    const evaluate = compiler.expression(when);
    const block = steps === undefined ? undefined : compiler.block(steps);
    const pass = (message: Message, execution: Execution, matched: boolean): Message | Promise<Message> => {
      const marked =
        message.attributes["matched"] === matched ? message : withAttributes(message, withMatched(message.attributes, matched));
      if (block !== undefined) return matched ? block(marked, execution) : marked;
      if (!matched) execution.end = DROPPED;
      return marked;
    };
    const [yes, no] = [compiler.branch("matched"), compiler.branch("not matched")];
    const decide: typeof pass =
      yes === undefined
        ? pass
        : (message, execution, matched) => {
            (matched ? yes : no)?.();
            return pass(message, execution, matched);
          };
    const passLater = async (message: Message, execution: Execution, value: Promise<unknown>) =>
      decide(message, execution, truth(await value));
    return (message, execution) => {
      const value = evaluate(message);
      if (value === true || value === false) return decide(message, execution, value);
      return value instanceof Promise ? passLater(message, execution, value) : decide(message, execution, truth(value));
    };
  },
  method: ([when, steps], block) => (steps === undefined ? { when } : { when, steps: block(steps) }),
});

const MATCHED: Attributes = Object.freeze({ matched: true });
const UNMATCHED: Attributes = Object.freeze({ matched: false });

/** Most messages have no attributes when they meet their first filter. */
function withMatched(attributes: Attributes, matched: boolean): Attributes {
  if (attributes === NO_ATTRIBUTES) return matched ? MATCHED : UNMATCHED;
  return { ...attributes, matched };
}
