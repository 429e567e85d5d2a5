import { option, PortolanError, required, withDefault, type Message, type ErrorKind } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { textOf } from "../../runtime/combine.ts";
import { andThen } from "../../runtime/step.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Fails the message. */
    throw(
      text: (message: Message<Body>) => string,
      options?: { readonly kind?: ErrorKind; readonly code?: string } & StepOptions,
    ): Steps<never, Ended, Of>;
  }
}

const options = option.object({
  message: required(option.expression, "The error's message"),
  kind: withDefault(option.oneOf("transient", "invalid", "rejected", "defect"), "rejected", "What decides about it"),
  code: withDefault(
    option.name,
    "PORTOLAN_THROWN",
    "A code of your own tells such failures apart. Doors know PORTOLAN_NOT_FOUND and PORTOLAN_FORBIDDEN",
  ),
});

/** Fails the message. */
const throwStep = definePattern({
  name: "throw",
  title: "Throw",
  group: "routing",
  summary: "Fails the message.",
  semantics: "A failure always undoes the unit of work, unless a `try`, a clause or `onPartFailure` deals with it.",
  example: `
- throw: { kind: invalid, code: ORDER_EMPTY, message: '"order " & body.id & " has no lines"' }`,
  options,
  body: "kept",
  ends: (_options, { failuresGoOn }) => !failuresGoOn,
  compile({ options: { message: text, kind, code } }, compiler) {
    const evaluate = compiler.expression(text);
    return (message) =>
      andThen(evaluate(message), (value) => {
        throw new PortolanError(code, value === undefined ? code : textOf(value), { kind });
      });
  },
  method: ([text, extra]) => ({ message: text, ...(typeof extra === "object" ? extra : {}) }),
});

export { throwStep as throw };
