import { option, required, sleep, type Message, type Duration } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { andThen } from "../../runtime/step.ts";
import { numberOf } from "../../runtime/values.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Waits without holding a worker; a function yields milliseconds. */
    delay(span: Duration | ((message: Message<Body>) => number | undefined), options?: StepOptions): Steps<Body, Ended, Of>;
  }
}

const options = option.object({ for: required(option.durationOrExpression, "How long; an expression yields milliseconds") });

/** Delayer. */
export const delay = definePattern({
  name: "delay",
  title: "Delay",
  group: "flow control",
  summary: "Waits without holding a worker.",
  semantics: "Nothing, zero and negative numbers do not wait. The message stays in flight: order and concurrency slots are kept.",
  example: `
- delay: { for: 10ms }`,
  options,
  body: "kept",
  compile({ options: { for: span } }, compiler) {
    if (typeof span === "number") return (message) => (span <= 0 ? message : sleep(compiler.clock, span).then(() => message));
    const evaluate = compiler.expression(span);
    return (message) =>
      andThen(evaluate(message), (value) => {
        const wait = value === undefined || value === null ? 0 : numberOf(value, "the delay");
        return wait <= 0 ? message : sleep(compiler.clock, wait).then(() => message);
      });
  },
  method: ([span]) => ({ for: span }),
});
