import type { InterceptionDefinition, Message } from "@portolan/core";
import { DROPPED, type Execution } from "./execution.ts";
import type { RunningEndpoint } from "./endpoint.ts";
import { wildcard } from "./policy.ts";
import { andThen, type Step } from "./step.ts";

/** An interception, ready to run. */
export interface Interception {
  readonly definition: InterceptionDefinition;
  when(message: Message): boolean | Promise<boolean>;
  readonly steps: Step;
}

/** What becomes of an intercepted message. */
interface Intercepted {
  readonly message: Message;
  readonly skipped: boolean;
}

/** The interceptions of one kind that match a name, in the order in which they run. */
export function matching(interceptions: readonly Interception[], on: InterceptionDefinition["on"], name: string): readonly Interception[] {
  return interceptions.filter(({ definition }) => definition.on === on && wildcard(definition.match).test(name));
}

/** Runs interceptions in turn, each on what the one before made; the first that skips ends it. */
async function intercept(interceptions: readonly Interception[], message: Message, execution: Execution): Promise<Intercepted> {
  let current = message;
  for (const { definition, when, steps } of interceptions) {
    if (!(await when(current))) continue;
    const aside = execution.aside();
    current = await steps(current, aside);
    if (definition.skip || aside.end === DROPPED) return { message: current, skipped: true };
  }
  return { message: current, skipped: false };
}

/**
 * A step, or a whole route, behind its interceptions; what they change is seen by what follows. `left` is what a gate
 * leaves to run when it is skipped: the rest of its list.
 */
export function interceptedStep(step: Step, interceptions: readonly Interception[], left?: Step): Step {
  if (interceptions.length === 0) return step;
  return async (message, execution) => {
    const { message: changed, skipped } = await intercept(interceptions, message, execution);
    if (!skipped) return step(changed, execution);
    return left === undefined ? changed : left(changed, execution);
  };
}

/** An endpoint behind the interceptions of its address; what they change is seen by the target only. */
export function interceptedEndpoint(endpoint: RunningEndpoint, interceptions: readonly Interception[]): RunningEndpoint {
  const own = matching(interceptions, "to", endpoint.address);
  if (own.length === 0) return endpoint;
  return {
    ...endpoint,
    send: (message, execution) =>
      andThen(intercept(own, message, execution), ({ message: changed, skipped }) =>
        skipped ? undefined : endpoint.send(changed, execution),
      ),
    call: (message, execution) =>
      andThen(intercept(own, message, execution), async ({ message: changed, skipped }) => {
        if (skipped) return { ...message, body: changed.body };
        const replied = await endpoint.call(changed, execution);
        // A called target answers to what it saw; the route goes on with its own headers and attributes.
        return { ...message, body: replied.body, attributes: { ...message.attributes, reply: replied.attributes["reply"] } };
      }),
  };
}
