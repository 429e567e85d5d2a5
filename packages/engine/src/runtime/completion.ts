import type { CompletionDefinition, Message } from "@portolan/core";
import { DROPPED, RUNNING, type Execution } from "./execution.ts";
import type { Step } from "./step.ts";

/** An entry of `onComplete`, ready to run. */
export interface Completion {
  readonly definition: CompletionDefinition;
  when(message: Message): boolean | Promise<boolean>;
  readonly steps: Step;
  /** Starts it on the side, in a unit of work of its own. */
  start(message: Message): void;
}

/** The steps of a route with those that complete it inside its unit of work. */
export function withCompletions(steps: Step, completions: readonly Completion[]): Step {
  const before = completions.filter((completion) => completion.definition.mode === "before");
  if (before.length === 0) return steps;
  return async (message, execution) => {
    let current = await steps(message, execution);
    if (execution.end === DROPPED) return current;
    const end = execution.end;
    execution.end = RUNNING;
    for (const completion of before) {
      const input = completion.definition.useOriginal ? execution.received : current;
      if (await completion.when(input)) current = await completion.steps(input, execution);
      if (execution.end !== RUNNING) return current;
    }
    execution.end = end;
    return current;
  };
}

/** How a message ended in a route. */
export interface RouteOutcome {
  readonly failed: boolean;
  /** The final message; of a failure the one that reached the failing step, with `attributes.error`. */
  readonly message: Message;
  readonly received: Message;
}

/** Runs what is to run after the commit and the reply; each on a copy, in a unit of work of its own. */
export function completeAfter(completions: readonly Completion[], outcome: RouteOutcome, execution: Execution): void {
  for (const completion of completions) {
    const { on, mode, useOriginal } = completion.definition;
    if (mode !== "after" || on === (outcome.failed ? "success" : "failure")) continue;
    const error = outcome.message.attributes["error"];
    const original =
      error === undefined ? outcome.received : { ...outcome.received, attributes: { ...outcome.received.attributes, error } };
    const message = useOriginal ? original : outcome.message;
    (execution.unit.afterwards ??= []).push({ ifItStands: !outcome.failed, start: () => completion.start(message) });
  }
}
