import { option, required, withDefault, type Message, type LogLevel } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { textOf } from "../../runtime/combine.ts";
import { andThen } from "../../runtime/step.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Writes a line to the log. */
    log(text: (message: Message<Body>) => unknown, level?: LogLevel, options?: StepOptions): Steps<Body, Ended, Of>;
  }
}

const options = option.object({
  message: required(option.expression, "What is logged"),
  level: withDefault(option.oneOf("debug", "info", "warn", "error"), "info", "How much it matters"),
});

/** Logs. */
export const log = definePattern({
  name: "log",
  title: "Log",
  group: "data",
  summary: "Writes a line to the log; never changes the message.",
  semantics: "The line names the route, the step and the message. A value that is no text is written as JSON.",
  example: `
- log: { message: '"order " & body.id' }`,
  options,
  body: "kept",
  compile({ options: { message: text, level } }, compiler) {
    const evaluate = compiler.expression(text);
    return (message) =>
      andThen(evaluate(message), (value) => {
        compiler.log.log(level, textOf(value), { route: compiler.route, step: compiler.stepId, messageId: message.id });
        return message;
      });
  },
  method: ([text, level]) => (level === undefined ? { message: text } : { message: text, level }),
});
