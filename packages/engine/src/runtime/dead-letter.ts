import { reportError, type AppendEffect, type DeadLetter, type Message, type RouteDefinition } from "@portolan/core";
import type { StepFailure } from "./failure.ts";

export interface DeadLetterContext {
  /** The route that the message entered. */
  readonly route: RouteDefinition;
  /** The channel that the message came from. */
  readonly from: string | undefined;
  readonly at: number;
}

/** What is kept about a failure: flow-format section 10. */
export function deadLetterOf(failure: StepFailure, { route, from, at }: DeadLetterContext): DeadLetter {
  return {
    route: route.id,
    step: failure.step,
    error: reportError(failure.error),
    attempts: failure.attempts,
    failedBody: failure.message.body,
    channel: from,
    at,
  };
}

/** The message as it goes to a dead-letter channel. */
export function deadLetterEffect(
  channel: string,
  received: Pick<Message, "id" | "body" | "headers">,
  deadLetter: DeadLetter,
): AppendEffect {
  return { kind: "append", channel, message: { id: received.id, body: received.body, headers: received.headers, deadLetter } };
}
