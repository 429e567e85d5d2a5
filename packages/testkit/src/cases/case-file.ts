import type { ErrorKind, Incoming } from "@portolan/core";
import type { Answer } from "../flow-tests/answer.ts";

/** A black-box case: a flow, what is sent to it, and what must be seen. Flow-format section 13. */
export interface CaseFile {
  readonly case: string;
  readonly source?: string | undefined;
  /** Pattern names, engine features and capabilities without which the case is skipped. */
  readonly needs: readonly string[];
  readonly note?: string | undefined;
  /** A flow file, as written: the engine's reader checks it at start. Without one the case is about the app that it lies in. */
  readonly flow?: Readonly<Record<string, unknown>> | undefined;
  /** Values of the variables that the app's options name. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** What the sources that the app's steps poll have, by address. */
  readonly offers?: Readonly<Record<string, readonly Incoming[]>> | undefined;
  /** What the targets of the app answer, by address. */
  readonly targets?: Readonly<Record<string, Answer>> | undefined;
  readonly send: readonly CaseSend[];
  /** Virtual time at which the case stops, in ms; otherwise when no work and no timer is left. */
  readonly until?: number | undefined;
  readonly expect: CaseExpectation;
}

export type CaseSend = MessageSend | ControlSend;

export interface MessageSend {
  readonly kind: "message";
  readonly to: { readonly route: string } | { readonly channel: string };
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly mode: "oneWay" | "request";
  readonly at?: number | undefined;
}

/**
 * - `stop`: orderly.
 * - `restart`: an orderly stop, and a start on the same store.
 * - `crash`: all work in memory is lost, then a start on the same store.
 */
export type Control = "stop" | "restart" | "crash";

export interface ControlSend {
  readonly kind: "control";
  readonly control: Control;
  readonly at?: number | undefined;
}

export interface CaseExpectation {
  /** The flow is refused at start. */
  readonly start?: { readonly fails: ExpectedFailure } | undefined;
  /** By index of the send. A send that is not named here, or without `fails`, must succeed. */
  readonly sends?: Readonly<Record<string, ExpectedSend>> | undefined;
  readonly records?: Readonly<Record<string, ExpectedMessages>> | undefined;
  readonly channels?: Readonly<Record<string, ExpectedMessages>> | undefined;
}

export interface ExpectedSend {
  readonly reply?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, unknown>> | undefined } | undefined;
  readonly fails?: ExpectedFailure | undefined;
  readonly endsAt?: number | undefined;
}

export interface ExpectedFailure {
  readonly code?: string | undefined;
  readonly kind?: ErrorKind | undefined;
  /** Contained in the error's message. */
  readonly message?: string | undefined;
  readonly parts?: readonly number[] | undefined;
  readonly cause?: ExpectedFailure | undefined;
  readonly suppressed?: ExpectedFailure | undefined;
}

/** What a recorder got, or what was committed to a channel. */
export interface ExpectedMessages {
  readonly bodies?: readonly unknown[] | undefined;
  readonly order?: "exact" | "any" | undefined;
  readonly count?: number | undefined;
  readonly min?: number | undefined;
  /** By position, each contained in the message's; an entry null is not checked. */
  readonly headers?: readonly (Readonly<Record<string, unknown>> | null)[] | undefined;
  readonly attributes?: readonly (Readonly<Record<string, unknown>> | null)[] | undefined;
  readonly at?: readonly number[] | undefined;
  readonly within?: number | undefined;
  readonly absent?: true | undefined;
}
