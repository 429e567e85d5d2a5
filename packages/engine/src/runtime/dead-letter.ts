import { reportError, type AppendEffect, type DeadLetter, type Message, type RouteDefinition } from "@portolan/core";
import type { StepFailure } from "./failure.ts";

export interface DeadLetterContext {
  /** The route that the message entered. */
  readonly route: RouteDefinition;
  /** The channel that the message came from. */
  readonly from: string | undefined;
  readonly at: number;
  /** Where re-driving puts it, if not into the route's inbox. */
  readonly inbox?: string | undefined;
}

/** Every route has an inbox, where what is re-driven to it arrives; a step whose dead letters re-enter it has one of its own. */
export function inboxOf(route: string, step?: string): string {
  return step === undefined ? `route:${route}` : `route:${route}/${step}`;
}

/** What is kept about a failure: flow-format section 10. */
export function deadLetterOf(failure: StepFailure, { route, from, at, inbox }: DeadLetterContext): DeadLetter {
  // What failed again in a block that it had been re-driven to goes back there.
  const home = inbox ?? (from?.startsWith(inboxOf(route.id, "")) === true ? from : undefined);
  return {
    route: route.id,
    step: failure.step,
    error: reportError(failure.error),
    attempts: failure.attempts,
    failedBody: failure.message.body,
    channel: from,
    at,
    ...(home === undefined ? {} : { inbox: home }),
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
