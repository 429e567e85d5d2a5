import { PortolanError, option, optional, type OptionType } from "@portolan/core";
import { definePattern, type PatternDefinition } from "@portolan/engine";
import { scriptedFailureOptions } from "./scripted-failure.ts";

const failure = option.object(scriptedFailureOptions);

/** A failure, or null for a run that passes. */
const failureOrNull: OptionType<Script | null> = option.either(
  { kind: "null", expected: "null", schema: { type: "null" }, read: () => null },
  (value) => value === null,
  failure,
);

interface Script {
  readonly kind: "transient" | "invalid" | "rejected" | "defect";
  readonly code: string;
  readonly message: string;
}

/**
 * The test step that fails the first times it runs. Runs are counted by place in the flow, over all messages and attempts,
 * for as long as this value lives: make one for each test, and a restarted engine goes on counting.
 */
export function createFailTimes(): PatternDefinition {
  const runs = new Map<string, number>();

  return definePattern({
    name: "failTimes",
    title: "Fail times",
    group: "test",
    summary: "Fails the first times that it runs, then passes.",
    semantics: "With `errors` run n fails with the n-th error; an entry `null` passes, and so does every run after the list.",
    example: "- failTimes: { times: 2 }",
    options: option.object({
      times: optional(option.integer({ min: 0 }), "How many runs fail."),
      errors: optional(option.listOf(failureOrNull), "The failure of each run, or null for a run that passes."),
      ...scriptedFailureOptions,
    }),
    compile({ path, options: { times, errors, ...script } }, compiler) {
      if ((times === undefined) === (errors === undefined)) {
        compiler.invalid("failTimes counts in one way", "either times or errors", times === undefined ? "neither" : "both");
      }
      const scripted = (run: number) => (errors === undefined ? (run < (times ?? 0) ? script : null) : (errors[run] ?? null));
      return (message) => {
        const run = runs.get(path) ?? 0;
        runs.set(path, run + 1);
        const fault = scripted(run);
        if (fault !== null) throw new PortolanError(fault.code, fault.message, { kind: fault.kind });
        return message;
      };
    },
  });
}
