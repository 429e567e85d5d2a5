import type { Accounts, Counts } from "./accounts.ts";
import type { Feed } from "./feed.ts";
import type { Receiver } from "./receiver.ts";

export interface Outcome {
  readonly feed: Feed;
  /** How many times the feed was dropped. */
  readonly drops: number;
  readonly accounts: Accounts;
  readonly requests: Receiver["requests"];
}

/** What became of the feed, as a table. */
export function renderSummary({ feed, drops, accounts, requests }: Outcome): string {
  const { received, delivered, archived, strong, answered, deadLetters } = accounts;
  const read = feed.events.length * drops;
  const distinct = received.size + deadLetters.length;
  const invalid = deadLetters.filter(({ route }) => route === "classify");
  const undelivered = deadLetters.filter(({ route }) => route !== "classify");
  return table([
    [`events read, the feed ${drops} times`, read],
    ["  duplicates, dropped by id", read - distinct],
    ["  different events", distinct],
    ["", ""],
    ["invalid: dead letters of classify", invalid.length],
    ...reasons(invalid.map(({ reason }) => reason)),
    ["earthquakes", distinct - invalid.length],
    ["  delivered: accepted by the receiver, by id", received.size],
    ["  put down in channel quakes.delivered, by id", delivered.size],
    ["  refused: dead letters of deliver", undelivered.length],
    ...reasons(undelivered.map(({ id, reason }) => reason.replaceAll(id, "…"))),
    ["  archived in the CSV, by id", archived.size],
    ["  answered by GET /quakes", answered.size],
    ["  strong (magnitude 6 and more), in quakes.strong", strong.size],
    ["", ""],
    ["requests to the receiver", Object.values(requests).reduce((sum, count) => sum + count, 0) - requests.silent],
    ["  accepted", requests.accepted],
    ["  accepted again, its answer having been lost", requests.again],
    ["  answered 503", requests.unavailable],
    ["  never answered", requests.silent],
    ["  refused with 422", requests.refused],
    ["rows in the CSV beyond one an event", total(archived) - archived.size],
  ]);
}

function total(counts: Counts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function reasons(texts: readonly string[]): [string, number][] {
  return [...Map.groupBy(texts, (text) => text)].map(([text, all]) => [`    ${text}`, all.length]);
}

function table(rows: readonly (readonly [string, number | string])[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value.toLocaleString("en").padStart(6)}`.trimEnd()).join("\n");
}
