import { PortolanError, parseDuration, type Duration, type ErrorKind, type Message } from "@portolan/core";

/** What the double of a target does with the messages that it gets: a function of the message that yields the reply, or a script. */
export type Answer = AnswerFunction | ScriptedAnswer;

/**
 * Yields the body of the reply, or a promise of it; what it throws is the target's failure. Time stands still until its
 * promise has ended.
 */
export type AnswerFunction = (message: Message, call: TargetCall) => unknown;

export interface TargetCall {
  /** The address that the message was sent to, such as `rest:POST https://erp.example/orders`. */
  readonly address: string;
  readonly mode: "to" | "call";
  /** The idempotency key: the same on every attempt. */
  readonly key: string;
}

export type ScriptedAnswer =
  | { readonly kind: "reply"; readonly body: unknown; readonly headers: Readonly<Record<string, string | number | boolean>> }
  | { readonly kind: "fail"; readonly error: ScriptedError }
  | { readonly kind: "delay"; readonly delayMs: number; readonly answer: Answer | undefined }
  | { readonly kind: "inTurn"; readonly answers: readonly (Answer | undefined)[] };

/** How a target fails: an error, or what it says. Without a kind it is transient. */
export type ScriptedError =
  | Error
  | {
      readonly kind?: ErrorKind | undefined;
      readonly code?: string | undefined;
      readonly message?: string | undefined;
      readonly retryAfter?: Duration | undefined;
    };

/** Replies with a body, or with what a function makes of the message, and with headers. */
export function reply(body: unknown, headers: Readonly<Record<string, string | number | boolean>> = {}): ScriptedAnswer {
  return { kind: "reply", body, headers };
}

/** Fails every message. */
export function failAlways(error: ScriptedError = {}): ScriptedAnswer {
  return { kind: "fail", error };
}

/** Fails the first messages, then answers as `then` does, or as a recorder. */
export function failTimes(times: number, error: ScriptedError = {}, then?: Answer): ScriptedAnswer {
  return inTurn(...Array.from({ length: times }, () => failAlways(error)), then);
}

/** Fails the first message, then answers as `then` does, or as a recorder. */
export function failOnce(error: ScriptedError = {}, then?: Answer): ScriptedAnswer {
  return failTimes(1, error, then);
}

/** Answers so much virtual time later. */
export function answerAfter(delay: Duration, answer?: Answer): ScriptedAnswer {
  const delayMs = parseDuration(delay);
  if (delayMs === undefined) throw new PortolanError("PORTOLAN_USAGE", `answerAfter wants a duration such as 10s, found ${String(delay)}`);
  return { kind: "delay", delayMs, answer };
}

/** Each message gets the next answer; the last one goes for all further messages. `undefined` answers as a recorder. */
export function inTurn(...answers: readonly (Answer | undefined)[]): ScriptedAnswer {
  return { kind: "inTurn", answers };
}
