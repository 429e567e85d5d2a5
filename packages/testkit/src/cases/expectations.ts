import type { ErrorReport } from "@portolan/core";
import type { CaseFile, ExpectedFailure, ExpectedMessages, ExpectedSend } from "./case-file.ts";
import { areHeadersContained, haveSameMembers, isContained, isSame } from "./likeness.ts";

/** What was seen of a case. */
export interface CaseObservation {
  /** Why the flow was refused at start, if it was. */
  readonly startError?: ErrorReport | undefined;
  /** Until when the case ran. */
  readonly endedAt: number;
  /** By index of the send; undefined for one that never started. */
  readonly sends: readonly (SendObservation | undefined)[];
  readonly records: ReadonlyMap<string, readonly SeenMessage[]>;
  readonly channels: ReadonlyMap<string, readonly SeenMessage[]>;
}

export type SendObservation =
  | { readonly state: "running" }
  | { readonly state: "done"; readonly at: number; readonly body: unknown; readonly headers: Readonly<Record<string, unknown>> }
  | { readonly state: "failed"; readonly at: number; readonly error: ErrorReport };

/** A message as a recorder or a channel got it, and when. */
export interface SeenMessage {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly at: number;
}

/** What differs from the expectation, one text each, such as `records.out: expected bodies ["A+B"], got []`. */
export function differences({ expect, send }: CaseFile, seen: CaseObservation): readonly string[] {
  if (expect.start !== undefined) {
    if (seen.startError === undefined) return [`start: expected failure ${show(expect.start.fails)}, got success`];
    return failureDifferences(expect.start.fails, seen.startError).map((text) => `start: ${text}`);
  }
  if (seen.startError !== undefined) return [`start: expected success, got ${describeError(seen.startError)}`];
  return [
    ...send.flatMap((_, index) => {
      const observed = seen.sends[index];
      return sendDifferences(expect.sends?.[index] ?? {}, observed, seen.endedAt).map((text) => `sends.${index}: ${text}`);
    }),
    ...messageDifferences("records", expect.records, seen.records),
    ...messageDifferences("channels", expect.channels, seen.channels),
  ];
}

function sendDifferences(expected: ExpectedSend, seen: SendObservation | undefined, endedAt: number): readonly string[] {
  const wanted = expected.fails === undefined ? "success" : `failure ${show(expected.fails)}`;
  if (seen === undefined) return [`expected ${wanted}, got no start by ${endedAt} ms`];
  if (seen.state === "running") return [`expected ${wanted}, got no end by ${endedAt} ms`];
  const found: string[] = [];
  if (seen.state === "failed") {
    if (expected.fails === undefined) return [`expected success, got ${describeError(seen.error)}`];
    found.push(...failureDifferences(expected.fails, seen.error));
  } else {
    if (expected.fails !== undefined) return [`expected ${wanted}, got success`];
    found.push(...replyDifferences(expected.reply, seen));
  }
  if (expected.endsAt !== undefined && expected.endsAt !== seen.at) found.push(`expected endsAt ${expected.endsAt}, got ${seen.at}`);
  return found;
}

function replyDifferences(expected: ExpectedSend["reply"], seen: Omit<SeenMessage, "at" | "attributes">): readonly string[] {
  const found: string[] = [];
  if (expected?.body !== undefined && !isSame(expected.body, seen.body))
    found.push(`expected reply ${show(expected.body)}, got ${show(seen.body)}`);
  if (expected?.headers !== undefined && !areHeadersContained(expected.headers, seen.headers)) {
    found.push(`expected reply headers ${show(expected.headers)}, got ${show(seen.headers)}`);
  }
  return found;
}

function failureDifferences(expected: ExpectedFailure, seen: ErrorReport, path = ""): readonly string[] {
  const found: string[] = [];
  for (const key of ["code", "kind"] as const) {
    if (expected[key] !== undefined && expected[key] !== seen[key])
      found.push(`expected ${path}${key} ${expected[key]}, got ${seen[key]} (${seen.message})`);
  }
  if (expected.message !== undefined && !seen.message.includes(expected.message)) {
    found.push(`expected ${path}message with ${show(expected.message)}, got ${show(seen.message)}`);
  }
  if (expected.parts !== undefined && !isSame(expected.parts, seen.parts))
    found.push(`expected ${path}parts ${show(expected.parts)}, got ${show(seen.parts)}`);
  for (const key of ["cause", "suppressed"] as const) {
    const inner = expected[key];
    const actual = seen[key];
    if (inner === undefined) continue;
    if (actual === undefined) found.push(`expected ${path}${key} ${show(inner)}, got none`);
    else found.push(...failureDifferences(inner, actual, `${path}${key}.`));
  }
  return found;
}

type ExpectedByName = Readonly<Record<string, ExpectedMessages>> | undefined;

function messageDifferences(where: string, expected: ExpectedByName, seen: ReadonlyMap<string, readonly SeenMessage[]>): readonly string[] {
  return Object.entries(expected ?? {}).flatMap(([name, wanted]) =>
    seenDifferences(wanted, seen.get(name) ?? []).map((text) => `${where}.${name}: ${text}`),
  );
}

function seenDifferences(expected: ExpectedMessages, seen: readonly SeenMessage[]): readonly string[] {
  const bodies = seen.map(({ body }) => body);
  const found: string[] = [];
  if (expected.absent && seen.length > 0) found.push(`expected nothing, got bodies ${show(bodies)}`);
  if (expected.count !== undefined && expected.count !== seen.length) found.push(`expected ${expected.count} messages, got ${seen.length}`);
  if (expected.min !== undefined && seen.length < expected.min)
    found.push(`expected at least ${expected.min} messages, got ${seen.length}`);
  if (expected.bodies !== undefined) {
    const fits = expected.order === "any" ? haveSameMembers(expected.bodies, bodies) : isSame(expected.bodies, bodies);
    if (!fits)
      found.push(`expected bodies ${show(expected.bodies)}${expected.order === "any" ? " in any order" : ""}, got ${show(bodies)}`);
  }
  const late = seen.filter(({ at }) => at > (expected.within ?? Infinity));
  if (late.length > 0) found.push(`expected none after ${expected.within} ms, got one at ${late.map(({ at }) => at).join(", ")} ms`);
  const times = seen.map(({ at }) => at);
  if (expected.at !== undefined && !isSame(expected.at, times.slice(0, expected.at.length)))
    found.push(`expected at ${show(expected.at)}, got ${show(times)}`);
  found.push(
    ...positionDifferences("headers", {
      expected: expected.headers,
      seen: seen.map(({ headers }) => headers),
      contains: areHeadersContained,
    }),
    ...positionDifferences("attributes", {
      expected: expected.attributes,
      seen: seen.map(({ attributes }) => attributes),
      contains: isContained,
    }),
  );
  return found;
}

type Map = Readonly<Record<string, unknown>>;

interface Positions {
  readonly expected: readonly (Map | null)[] | undefined;
  readonly seen: readonly Map[];
  readonly contains: (expected: Map, seen: Map) => boolean;
}

function positionDifferences(key: string, { expected = [], seen, contains }: Positions): readonly string[] {
  return expected.flatMap((wanted, index) => {
    const actual = seen[index];
    if (actual === undefined)
      return wanted === null ? [] : [`expected ${key} ${show(wanted)} at position ${index}, got ${seen.length} messages`];
    return wanted === null || contains(wanted, actual) ? [] : [`expected ${key} ${show(wanted)} at position ${index}, got ${show(actual)}`];
  });
}

function describeError({ code, kind, message }: ErrorReport): string {
  return `${code} (${kind}): ${message}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 300 ? `${text.slice(0, 297)}…` : text;
}
