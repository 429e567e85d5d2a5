import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import type { Feed } from "./feed.ts";
import { askStore } from "./node-process.ts";
import { type Acceptance, readLedger, type Receiver } from "./receiver.ts";

/** Where the events of the feed have ended, each place by its own count. */
export interface Accounts {
  /** What the receiver accepted, by event; more than one where an answer was lost and it was sent again. */
  readonly received: Counts;
  /** What the app put down as delivered. */
  readonly delivered: Counts;
  /** The rows of the archive. */
  readonly archived: Counts;
  readonly strong: Counts;
  /** What `GET /quakes` answers. */
  readonly answered: Counts;
  readonly deadLetters: readonly DeadEvent[];
  /** What does not add up, in words; nothing if all does. */
  readonly faults: readonly string[];
}

export type Counts = ReadonlyMap<string, number>;

export interface DeadEvent {
  readonly id: string;
  readonly route: string;
  readonly reason: string;
}

const QUIET_MS = 1_000;

const Waiting = z.object({ name: z.string(), waiting: z.number(), subscriptions: z.array(z.unknown()) });
const Kept = z.object({
  message: z.object({
    body: z.looseObject({ id: z.string() }),
    deadLetter: z.object({ route: z.string(), error: z.object({ code: z.string(), message: z.string() }) }).optional(),
  }),
});

/**
 * Waits until no file and no message is left to be processed. Channels are looked at one after another, and a message may go
 * from one that is still to be looked at to one that has been: two looks in a row must find nothing. Throws if something is
 * left when the signal is aborted.
 */
export async function settled(data: string, receiver: Receiver, signal: AbortSignal): Promise<void> {
  for (let quietLooks = 0; quietLooks < 2;) {
    // A look takes a process of its own: not before it may find something.
    while (receiver.quietMs < QUIET_MS && !signal.aborted) await setTimeout(100);
    const left = await unfinished(data);
    quietLooks = left.length === 0 ? quietLooks + 1 : 0;
    if (left.length > 0 && signal.aborted) throw new Error(`not settled: ${left.join(", ")}`, { cause: signal.reason });
    if (left.length > 0) await setTimeout(QUIET_MS);
  }
}

async function unfinished(data: string): Promise<string[]> {
  const files = readdirSync(join(data, "inbox"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  if (files.length > 0) return [`${files.length} files in the inbox`];
  const channels = z.array(Waiting).parse(await askStore(data, "channels", "ls"));
  return channels.flatMap(({ name, waiting, subscriptions }) =>
    subscriptions.length > 0 && waiting > 0 ? [`${waiting} messages in ${name}`] : [],
  );
}

/** Counts what has settled, and holds it against the feed. `url` is where the app's doors are. */
export async function takeAccounts(data: string, feed: Feed, url: string): Promise<Accounts> {
  const ledger = existsSync(ledgerFile(data)) ? readLedger(ledgerFile(data)) : [];
  const [deadLetters, delivered, strong, answered] = await Promise.all([
    deadEvents(data),
    idsIn(data, "quakes.delivered"),
    idsIn(data, "quakes.strong"),
    answeredIds(url),
  ]);
  const counts = {
    received: countBy(ledger.map(({ id }) => id)),
    delivered: countBy(delivered),
    archived: countBy(archivedIds(data)),
    strong: countBy(strong),
    answered: countBy(answered),
  };
  return {
    ...counts,
    deadLetters,
    faults: [...findFaults({ ...counts, deadLetters }, feed), ...changedKeys(ledger), ...outOfOrder(ledger)],
  };
}

export function ledgerFile(data: string): string {
  return join(data, "receiver.ndjson");
}

export function archiveFile(data: string): string {
  return join(data, "quakes.csv");
}

function findFaults(accounts: Omit<Accounts, "faults">, { events }: Feed): string[] {
  const { received, delivered, archived, strong, answered, deadLetters } = accounts;
  const dead = countBy(deadLetters.map(({ id }) => id));
  const invalid = new Set(deadLetters.filter(({ route }) => route === "classify").map(({ id }) => id));
  const ids = new Set(events.map(({ id }) => id));
  const valid = events.filter(({ properties }) => properties.type === "earthquake");
  return [
    ...[...ids].flatMap((id) => {
      const ends = Number(received.has(id)) + (dead.get(id) ?? 0);
      return ends === 1 ? [] : [`${id} ended ${ends} times: ${received.has(id) ? "" : "not "}received, ${dead.get(id) ?? 0} dead letters`];
    }),
    ...differences("put down as delivered", delivered, new Set(received.keys())),
    ...[...archived].flatMap(([id]) => (ids.has(id) ? [] : [`${id} was archived and is in no feed`])),
    ...valid.flatMap(({ id }) => (archived.has(id) ? [] : [`${id} was not archived`])),
    ...differences("answered", answered, new Set(valid.map(({ id }) => id))),
    ...events.flatMap(({ id, properties }) =>
      invalid.has(id) === (properties.type !== "earthquake") ? [] : [`${id} is ${invalid.has(id) ? "" : "not "}a dead letter of classify`],
    ),
    ...differences("put down as strong", strong, new Set(valid.filter(({ properties }) => properties.mag >= 6).map(({ id }) => id))),
  ];
}

function changedKeys(ledger: readonly Acceptance[]): string[] {
  const byId = Map.groupBy(ledger, ({ id }) => id);
  return [...byId].flatMap(([id, all]) => (all.some(({ key }) => key !== all[0]?.key) ? [`${id} was sent with different keys`] : []));
}

/** Quakes of one region must have come in the order in which they happened; one that is sent again has come before. */
function outOfOrder(ledger: readonly Acceptance[]): string[] {
  const latest = new Map<string, string>();
  const seen = new Set<string>();
  return ledger.flatMap(({ id, region, time }) => {
    if (seen.has(id)) return [];
    seen.add(id);
    const before = latest.get(region) ?? "";
    latest.set(region, time);
    return time >= before ? [] : [`${id} of ${time} came after one of ${before} in ${region}`];
  });
}

/** What is not there exactly once, or should not be there. */
function differences(what: string, counts: Counts, expected: ReadonlySet<string>): string[] {
  const wrong = [...new Set([...counts.keys(), ...expected])].filter((id) => (counts.get(id) ?? 0) !== Number(expected.has(id)));
  return wrong.map((id) => `${id} was ${what} ${counts.get(id) ?? 0} times, expected ${Number(expected.has(id))}`);
}

async function deadEvents(data: string): Promise<DeadEvent[]> {
  const kept = await keptIn(data, "dead");
  return kept.map(({ message: { body, deadLetter } }) => ({
    id: body.id,
    route: deadLetter?.route ?? "",
    reason: deadLetter === undefined ? "no dead letter" : `${deadLetter.error.code}: ${deadLetter.error.message}`,
  }));
}

async function idsIn(data: string, channel: string): Promise<string[]> {
  return (await keptIn(data, channel)).map(({ message }) => message.body.id);
}

async function keptIn(data: string, channel: string): Promise<z.infer<typeof Kept>[]> {
  return z.array(Kept).parse(await askStore(data, "channels", "peek", channel, "--limit", "100000"));
}

async function answeredIds(url: string): Promise<string[]> {
  const response = await fetch(`${url}/quakes`);
  return z
    .array(z.looseObject({ id: z.string() }))
    .parse(await response.json())
    .map(({ id }) => id);
}

/** The first column is the id, and no field has a line break. */
function archivedIds(data: string): string[] {
  if (!existsSync(archiveFile(data))) return [];
  const [, ...rows] = readFileSync(archiveFile(data), "utf8").split(/\r?\n/).filter(Boolean);
  return rows.map((row) => row.split(",", 1)[0] ?? "");
}

function countBy(ids: readonly string[]): Counts {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
