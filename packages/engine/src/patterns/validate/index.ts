import { option, optional, PortolanError, type ContractIssue, type Message } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { definePattern } from "../../pattern.ts";
import { textOf } from "../../runtime/combine.ts";
import { andThen, type Step } from "../../runtime/step.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Fails what a predicate or a contract refuses. */
    validate<Narrowed extends Body>(
      when: (message: Message<Body>) => message is Message<Narrowed>,
      options?: ValidateOptions<Body>,
    ): Steps<Narrowed, Ended, Of>;
    validate(when: (message: Message<Body>) => unknown, options?: ValidateOptions<Body>): Steps<Body, Ended, Of>;
    validate<Checked>(contract: StandardSchemaV1<unknown, Checked>, options?: ValidateOptions<Body>): Steps<Body & Checked, Ended, Of>;
  }
}

export interface ValidateOptions<Body> extends StepOptions {
  /** The error's message. */
  readonly message?: (message: Message<Body>) => string;
}

const options = option.object({
  when: optional(option.expression, "What must hold"),
  contract: optional(option.contract, "The contract that the body must keep"),
  message: optional(option.expression, "The error's message; default: the predicate's text, or the contract's findings"),
});

/** Validates a message. */
export const validate = definePattern({
  name: "validate",
  title: "Validate",
  group: "data",
  summary: "Fails a message that a predicate or a contract refuses, with kind `invalid`.",
  semantics:
    "Exactly one of `when` and `contract`. A message that passes goes on unchanged; one that does not fails with `PORTOLAN_VALIDATION_FAILED`.",
  example: `
- validate: { when: body.total > 0, message: '"the total must be positive"' }`,
  options,
  body({ contract }, flow) {
    // A check may also add what was left out.
    return contract === undefined ? flow.before : flow.contract(contract);
  },
  compile({ options: { when, contract, message: text } }, compiler): Step {
    const words = text === undefined ? undefined : compiler.expression(text);
    const refused = compiler.branch("refused");
    const refuse = (message: Message, otherwise: string, issues: readonly ContractIssue[] = []): never | Promise<never> => {
      refused?.();
      return andThen(words?.(message), (said): never => {
        throw new PortolanError("PORTOLAN_VALIDATION_FAILED", said === undefined || said === null ? otherwise : textOf(said), {
          findings: issues.map((issue) => ({ path: issue.path, message: issue.message })),
        });
      });
    };
    if ((when === undefined) === (contract === undefined)) {
      compiler.invalid(
        "a validate step has exactly one of `when` and `contract`",
        "when or contract",
        when === undefined ? "neither" : "both",
      );
    }
    if (when !== undefined) {
      const holds = compiler.predicate(when);
      const otherwise = `the message does not satisfy: ${compiler.source(when)}`;
      return (message) => andThen(holds(message), (is) => (is ? message : refuse(message, otherwise)));
    }
    if (contract === undefined) return (message) => message;
    const check = compiler.contract(contract);
    return (message) =>
      andThen(check.check(message.body), (result) =>
        "body" in result
          ? message
          : refuse(
              message,
              result.issues.map((issue) => (issue.path === "" ? issue.message : `${issue.path} ${issue.message}`)).join("; "),
              result.issues,
            ),
      );
  },
  method([check, extra]) {
    const options = typeof extra === "object" && extra !== null ? extra : {};
    return typeof check === "function" && !("~standard" in check) ? { when: check, ...options } : { contract: check, ...options };
  },
});
