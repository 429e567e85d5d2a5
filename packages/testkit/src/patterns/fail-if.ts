import { PortolanError, option, required } from "@portolan/core";
import { definePattern, type PatternDefinition } from "@portolan/engine";
import { scriptedFailureOptions } from "./scripted-failure.ts";

/** The test step that fails when a condition holds. */
export const failIf: PatternDefinition = definePattern({
  name: "failIf",
  title: "Fail if",
  group: "test",
  summary: "Fails the message if a condition holds.",
  semantics: "The failure is transient and has the code SCRIPTED unless the step says otherwise.",
  example: '- failIf: { when: body = "bad", kind: rejected, code: BAD }',
  options: option.object({
    when: required(option.expression, "Whether the message fails."),
    ...scriptedFailureOptions,
  }),
  compile({ options: { when, kind, code, message } }, compiler) {
    const fails = compiler.predicate(when);
    return (passing) => {
      const verdict = fails(passing);
      const decide = (isFailing: boolean) => {
        if (isFailing) throw new PortolanError(code, message, { kind });
        return passing;
      };
      return verdict instanceof Promise ? verdict.then(decide) : decide(verdict);
    };
  },
});
