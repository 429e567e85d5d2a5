import type { CompletionDefinition, Message } from "@portolan/core";
import { DROPPED, RUNNING, type Execution } from "./execution.ts";
import type { Gate } from "./gate.ts";
import { inboxAppend, takesAside } from "./asides.ts";
import type { Step } from "./step.ts";
import type { Afterwards } from "./unit-of-work.ts";

/** An entry of `onComplete`, ready to run. */
export interface Completion {
  readonly definition: CompletionDefinition;
  when(message: Message): boolean | Promise<boolean>;
  readonly steps: Step;
  /** The channel that leads to it. */
  readonly inbox: string;
  /** Of the completions of its route that are on their way without lying in the store. */
  readonly places: Gate;
  /** Begins it on the side, in a unit of work of its own; `run` takes the place of its steps. */
  begin(message: Message, reads: string | undefined, run?: Step): Promise<void>;
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

/** Waits while too many completions are on their way. */
export async function roomToComplete(completions: readonly Completion[]): Promise<void> {
  for (const { places } of completions) {
    if (places.free > 0) continue;
    await places.enter();
    places.leave();
  }
}

/** Runs what is to run after the commit and the reply; each on a copy, in a unit of work of its own. */
export async function completeAfter(completions: readonly Completion[], outcome: RouteOutcome, execution: Execution): Promise<void> {
  for (const completion of completions) {
    const { on, mode, useOriginal } = completion.definition;
    if (mode !== "after" || on === (outcome.failed ? "success" : "failure")) continue;
    const error = outcome.message.attributes["error"];
    const original =
      error === undefined ? outcome.received : { ...outcome.received, attributes: { ...outcome.received.attributes, error } };
    const message = useOriginal ? original : outcome.message;
    const run = await runOf(completion, message);
    if (run !== undefined) (execution.unit.afterwards ??= []).push(afterwardsOf(completion, { message, run, execution, outcome }));
  }
}

/** What a completion runs on a message, if anything. A predicate that fails is the completion's failure, not the message's. */
async function runOf({ when, steps }: Completion, message: Message): Promise<Step | undefined> {
  try {
    return (await when(message)) ? steps : undefined;
  } catch (thrown) {
    return () => {
      throw thrown;
    };
  }
}

interface Completing {
  readonly message: Message;
  readonly run: Step;
  readonly execution: Execution;
  readonly outcome: RouteOutcome;
}

function afterwardsOf(completion: Completion, { message, run, execution, outcome }: Completing): Afterwards {
  const { places, inbox, steps } = completion;
  const { unit } = execution;
  const begin = async () => {
    await places.enter();
    await completion.begin(message, unit.reads, run);
    places.leave();
  };
  return {
    ifItStands: !outcome.failed,
    append: run === steps && takesAside(unit, message) ? inboxAppend(inbox, message) : undefined,
    start: () => void begin(),
  };
}
