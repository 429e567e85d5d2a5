import { PortolanError, withAttribute, type ClauseDefinition, type ErrorKind, type ErrorMatch, type Message } from "@portolan/core";
import type { FailurePoint } from "./failure.ts";
import type { RetryPlan } from "./retry.ts";
import type { Step } from "./step.ts";

/** A clause of `onError`, ready to be asked. */
export interface Clause {
  readonly definition: ClauseDefinition;
  readonly matches: Matcher;
  readonly retry: RetryPlan | undefined;
  /** Whether it retries what it matches (it names a kind or a code), or transient errors only. */
  readonly named: boolean;
  readonly steps: Step;
  /** Called when it repeats a step, and when its outcome comes; undefined where nobody wants to know. */
  readonly retried: (() => void) | undefined;
  readonly taken: (() => void) | undefined;
}

/** Asks whether an error matches; the message has `attributes.error` set. */
export type Matcher = (error: PortolanError, message: Message) => boolean | Promise<boolean>;

/** A route's own clauses, then the app's, which apply only where the message entered. */
export interface Policy {
  readonly own: readonly Clause[];
  readonly app: readonly Clause[];
}

/** What is asked of a policy: at a step every clause counts, at the end of the route those that do not continue. */
export interface PolicyQuestion {
  readonly error: PortolanError;
  readonly message: Message;
  readonly entry: boolean;
  readonly atStep: boolean;
}

/** The first clause that matches, in the order written. */
export async function chooseClause(policy: Policy, question: PolicyQuestion): Promise<Clause | undefined> {
  const clauses = question.entry ? [...policy.own, ...policy.app] : policy.own;
  for (const clause of clauses) {
    if (!question.atStep && clause.definition.outcome === "continue") continue;
    if (await clause.matches(question.error, question.message)) return clause;
  }
  return undefined;
}

/** All keys given must hold for the same error: the error itself, its cause, and so on inwards. */
export function compileMatch(match: ErrorMatch, when: ((message: Message) => boolean | Promise<boolean>) | undefined): Matcher {
  const codes = match.code?.map(wildcard);
  const holds = (error: unknown): boolean => {
    if (!(error instanceof Error)) return false;
    const code = "code" in error ? String(error.code) : "";
    if (match.kind !== undefined && !(error instanceof PortolanError && match.kind.includes(error.kind))) return false;
    if (codes !== undefined && !codes.some((pattern) => pattern.test(code))) return false;
    return match.message === undefined || error.message.includes(match.message);
  };
  return (error, message) => {
    let found = false;
    for (let current: unknown = error, depth = 0; current !== undefined && depth < 32 && !found; depth++) {
      found = holds(current);
      current = current instanceof Error ? current.cause : undefined;
    }
    return found && (when === undefined || when(message));
  };
}

/** What `attributes.error` holds of a failure. */
export interface ErrorAttribute {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly route: string;
  readonly step: string;
  readonly attempts: number;
}

/** The message with `attributes.error` set. */
export function withError(message: Message, error: PortolanError, at: Omit<FailurePoint, "message"> & { readonly route: string }): Message {
  const attribute: ErrorAttribute = {
    code: error.code,
    kind: error.kind,
    message: error.message,
    route: at.route,
    step: at.step,
    attempts: at.attempts,
  };
  return withAttribute(message, "error", attribute);
}

/** A pattern with `*` as wildcard, for the whole text. */
export function wildcard(pattern: string): RegExp {
  return new RegExp(`^${pattern.split("*").map(RegExp.escape).join(".*")}$`, "s");
}
