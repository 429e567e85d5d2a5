import { PortolanError, type Message } from "@portolan/core";

/**
 * What is thrown inside a route once a failure has met its step: the error, where it happened and the message as it
 * reached that step. A `decided` failure has been through the route's policy at the innermost step and is not offered to it
 * there again; a `final` one comes from a clause's own steps and meets no clause at all.
 */
export class StepFailure {
  readonly error: PortolanError;
  readonly step: string;
  readonly message: Message;
  readonly attempts: number;
  readonly decided: boolean;
  readonly final: boolean;

  constructor(error: PortolanError, at: FailurePoint, state: { readonly decided?: boolean; readonly final?: boolean } = {}) {
    this.error = error;
    this.step = at.step;
    this.message = at.message;
    this.attempts = at.attempts;
    this.decided = state.decided ?? false;
    this.final = state.final ?? false;
  }
}

export interface FailurePoint {
  readonly step: string;
  readonly message: Message;
  readonly attempts: number;
}

/** Thrown to give the delivery back: its retry is parked until `due`, with the attempts made so far. */
export class Parked {
  readonly step: string;
  readonly attempts: number;
  readonly firstAttemptAt: number;
  readonly due: number;
  readonly error: PortolanError;

  constructor(parked: Omit<Parked, never>) {
    this.step = parked.step;
    this.attempts = parked.attempts;
    this.firstAttemptAt = parked.firstAttemptAt;
    this.due = parked.due;
    this.error = parked.error;
  }
}

/** Thrown when the node stops while a durable message waits: it is given back as if it had not been taken. */
export class Abandoned {
  readonly kind = "abandoned";
}

/** Whether a thrown value steers the engine and is no failure that user code may catch. */
export function isControl(thrown: unknown): thrown is Parked | Abandoned {
  return thrown instanceof Parked || thrown instanceof Abandoned;
}

/**
 * Thrown by a fan-out whose parts failed. Their steps have met the policy already, so it is not retried where it stands;
 * `attempts` are those made on the step in the cause.
 */
export class FanOutFailure {
  readonly error: PortolanError;
  readonly attempts: number;

  constructor(first: StepFailure, parts: readonly number[], what: string) {
    this.error = new PortolanError("PORTOLAN_PARTS_FAILED", `${what}: ${first.error.message}`, {
      kind: first.error.kind,
      cause: first.error,
      parts,
    });
    this.attempts = first.attempts;
  }
}

/** Thrown by a step to fail with another message than the one that entered it: what it added is seen by the policy. */
export class FailureWith {
  readonly message: Message;
  readonly error: PortolanError;

  constructor(message: Message, error: PortolanError) {
    this.message = message;
    this.error = error;
  }
}

/** The error of anything that a step or a route threw. What is no PortolanError was thrown by an expression of the user. */
export function errorOf(thrown: unknown): PortolanError {
  if (thrown instanceof StepFailure || thrown instanceof FanOutFailure || thrown instanceof FailureWith) return thrown.error;
  if (thrown instanceof PortolanError) return thrown;
  const message =
    thrown instanceof Error
      ? thrown.message
      : typeof thrown === "object" && thrown !== null && "message" in thrown
        ? String(thrown.message)
        : String(thrown);
  return new PortolanError("PORTOLAN_EXPRESSION_FAILED", message, { cause: thrown });
}
