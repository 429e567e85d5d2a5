import type { ErrorReport } from "@portolan/core";
import type { CaseFile, ExpectedFailure, ExpectedMessages, ExpectedSend } from "./case-file.ts";
import { difference, within, type Difference } from "./difference.ts";
import { areHeadersContained, haveSameMembers, isContained, isSame, partLike } from "./likeness.ts";
import type { SeenMessage } from "./sightings.ts";

/** What was seen of a case. */
export interface CaseObservation {
  /** Why the flow was refused at start, if it was. */
  readonly startError?: ErrorReport | undefined;
  /** Until when the case ran. */
  readonly endedAt: number;
  /** By index of the send; undefined for one that never started. */
  readonly sends: readonly (SendObservation | undefined)[];
  readonly records: SeenByName;
  readonly channels: SeenByName;
}

export interface SeenByName {
  get(name: string): readonly SeenMessage[] | undefined;
}

export type SendObservation =
  | { readonly state: "running" }
  | { readonly state: "done"; readonly at: number; readonly body: unknown; readonly headers: Readonly<Record<string, unknown>> }
  | { readonly state: "failed"; readonly at: number; readonly error: ErrorReport };

/** What differs from the expectation, such as `records.out: expected bodies ["A+B"], got []`. */
export function differences({ expect, send }: CaseFile, seen: CaseObservation): readonly Difference[] {
  if (expect.start !== undefined) {
    if (seen.startError === undefined)
      return [within("start", difference(`failure ${show(expect.start.fails)}`, "success", { expected: expect.start.fails }))];
    return failureDifferences(expect.start.fails, seen.startError).map((found) => within("start", found));
  }
  if (seen.startError !== undefined)
    return [within("start", difference("success", describeError(seen.startError), { found: seen.startError }))];
  return [
    ...send.flatMap((_, index) => {
      const observed = seen.sends[index];
      return sendDifferences(expect.sends?.[index] ?? {}, observed, seen.endedAt).map((found) => within(`sends.${index}`, found));
    }),
    ...messageDifferences("records", expect.records, seen.records),
    ...messageDifferences("channels", expect.channels, seen.channels),
  ];
}

function sendDifferences(expected: ExpectedSend, seen: SendObservation | undefined, endedAt: number): readonly Difference[] {
  const wanted = expected.fails === undefined ? "success" : `failure ${show(expected.fails)}`;
  if (seen === undefined) return [difference(wanted, `no start by ${endedAt} ms`)];
  if (seen.state === "running") return [difference(wanted, `no end by ${endedAt} ms`)];
  const found: Difference[] = [];
  if (seen.state === "failed") {
    if (expected.fails === undefined) return [difference("success", describeError(seen.error), { found: seen.error })];
    found.push(...failureDifferences(expected.fails, seen.error));
  } else {
    if (expected.fails !== undefined) return [difference(wanted, "success", { expected: expected.fails })];
    found.push(...replyDifferences(expected.reply, seen));
  }
  if (expected.endsAt !== undefined && expected.endsAt !== seen.at) found.push(difference(`endsAt ${expected.endsAt}`, `${seen.at}`));
  return found;
}

function replyDifferences(expected: ExpectedSend["reply"], seen: Pick<SeenMessage, "body" | "headers">): readonly Difference[] {
  const found: Difference[] = [];
  if (expected?.body !== undefined && !isSame(expected.body, seen.body))
    found.push(difference(`reply ${show(expected.body)}`, show(seen.body), { expected: expected.body, found: seen.body }));
  if (expected?.headers !== undefined && !areHeadersContained(expected.headers, seen.headers)) {
    const values = { expected: expected.headers, found: partLike(expected.headers, seen.headers) };
    found.push(difference(`reply headers ${show(expected.headers)}`, show(seen.headers), values));
  }
  return found;
}

function failureDifferences(expected: ExpectedFailure, seen: ErrorReport, path = ""): readonly Difference[] {
  const found: Difference[] = [];
  for (const key of ["code", "kind"] as const) {
    if (expected[key] !== undefined && expected[key] !== seen[key])
      found.push(
        difference(`${path}${key} ${expected[key]}`, `${seen[key]} (${seen.message})`, { expected, found: partLike(expected, seen) }),
      );
  }
  if (expected.message !== undefined && !seen.message.includes(expected.message)) {
    const values = { expected: expected.message, found: seen.message };
    found.push(difference(`${path}message with ${show(expected.message)}`, show(seen.message), values));
  }
  if (expected.parts !== undefined && !isSame(expected.parts, seen.parts))
    found.push(difference(`${path}parts ${show(expected.parts)}`, show(seen.parts)));
  for (const key of ["cause", "suppressed"] as const) {
    const inner = expected[key];
    const actual = seen[key];
    if (inner === undefined) continue;
    if (actual === undefined) found.push(difference(`${path}${key} ${show(inner)}`, "none", { expected: inner }));
    else found.push(...failureDifferences(inner, actual, `${path}${key}.`));
  }
  return found;
}

type ExpectedByName = Readonly<Record<string, ExpectedMessages>> | undefined;

function messageDifferences(where: string, expected: ExpectedByName, seen: SeenByName): readonly Difference[] {
  return Object.entries(expected ?? {}).flatMap(([name, wanted]) =>
    seenDifferences(wanted, seen.get(name) ?? []).map((found) => within(`${where}.${name}`, found)),
  );
}

function seenDifferences(expected: ExpectedMessages, seen: readonly SeenMessage[]): readonly Difference[] {
  const bodies = seen.map(({ body }) => body);
  const found: Difference[] = [];
  if (expected.absent && seen.length > 0) found.push(difference("nothing", `bodies ${show(bodies)}`, { expected: [], found: bodies }));
  if (expected.count !== undefined && expected.count !== seen.length)
    found.push(difference(`${expected.count} messages`, `${seen.length}`));
  if (expected.min !== undefined && seen.length < expected.min)
    found.push(difference(`at least ${expected.min} messages`, `${seen.length}`));
  if (expected.bodies !== undefined) {
    const fits = expected.order === "any" ? haveSameMembers(expected.bodies, bodies) : isSame(expected.bodies, bodies);
    const how = expected.order === "any" ? " in any order" : "";
    if (!fits) found.push(difference(`bodies ${show(expected.bodies)}${how}`, show(bodies), { expected: expected.bodies, found: bodies }));
  }
  const late = seen.filter(({ at }) => at > (expected.within ?? Infinity));
  if (late.length > 0) found.push(difference(`none after ${expected.within} ms`, `one at ${late.map(({ at }) => at).join(", ")} ms`));
  const times = seen.map(({ at }) => at);
  if (expected.at !== undefined && !isSame(expected.at, times.slice(0, expected.at.length)))
    found.push(difference(`at ${show(expected.at)}`, show(times), { expected: expected.at, found: times }));
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

function positionDifferences(key: string, { expected = [], seen, contains }: Positions): readonly Difference[] {
  return expected.flatMap((wanted, index) => {
    const actual = seen[index];
    const what = `${key} ${show(wanted)} at position ${index}`;
    if (actual === undefined) return wanted === null ? [] : [difference(what, `${seen.length} messages`, { expected: wanted })];
    return wanted === null || contains(wanted, actual)
      ? []
      : [difference(what, show(actual), { expected: wanted, found: partLike(wanted, actual) })];
  });
}

function describeError({ code, kind, message }: ErrorReport): string {
  return `${code} (${kind}): ${message}`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 300 ? `${text.slice(0, 297)}…` : text;
}
