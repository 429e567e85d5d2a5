import { setTimeout } from "node:timers/promises";
import { runCommand } from "./command-process.test.support.ts";

/** What is sent: an entry of a ledger. Numbers begin at 1. */
export interface Entry {
  readonly id: string;
  readonly number: number;
  /** Entries of one group come in threes. */
  readonly group: string;
  /** The last action of its saga refuses it. */
  readonly refused: boolean;
}

export const GROUP_SIZE = 3;
export const BOOKINGS = ["debit", "credit"] as const;

/** One durable channel that is read by an aggregation, a resequencer and a saga, each of which sends into durable channels. */
export const STATEFUL_FLOW = `
channels:
  entries: { concurrency: 4 }
routes:
  take:
    from: [{ rest: { post: /entries } }]
    steps: [{ idempotent: { key: body.id } }, { to: { channel: entries } }]
  collect:
    from: [{ channel: entries }]
    steps:
      - aggregate: { key: body.group, complete: { size: ${GROUP_SIZE} } }
      - log: { message: '"group begins"' }
      - delay: { for: 25ms }
      - to: { channel: groups }
  order:
    from: [{ channel: entries }]
    steps:
      - resequence: { by: body.number, mode: stream, start: 1, timeout: 1h }
      - to: { channel: ordered }
  book:
    from: [{ channel: entries }]
    onError: [{ match: { kind: invalid }, outcome: deadLetter }]
    steps:
      - saga:
          actions:
${BOOKINGS.map(
  (name) => `
            - id: ${name}
              steps: [{ to: { channel: ${name} } }, { log: { message: '"action begins"' } }, { delay: { for: 25ms } }]
              compensate: [{ log: { message: '"undo begins"' } }, { delay: { for: 25ms } }, { to: { channel: ${name}.undone } }]
              complete: [{ to: { channel: ${name}.settled } }]`,
).join("")}
            - id: approve
              steps: [{ to: { channel: approved } }, { validate: { when: $not(body.refused) } }]
              compensate: [{ to: { channel: approve.undone } }]
      - to: { channel: booked }
`;

/** A quarter of the entries is refused; they come in an order that \`next\` decides. */
export function drawEntries(groups: number, next: () => number): readonly Entry[] {
  const entries = Array.from({ length: groups * GROUP_SIZE }, (_, index): Entry & { readonly place: number } => ({
    id: `e${index + 1}`,
    number: index + 1,
    group: `g${index % groups}`,
    refused: index % 4 === 0,
    place: index / 10 + next(),
  }));
  return entries.toSorted((a, b) => a.place - b.place).map(({ id, number, group, refused }) => ({ id, number, group, refused }));
}

/** Sends an entry until it is accepted. `url` answers where the node is now. */
export async function sendEntry(entry: Entry, url: () => string | undefined): Promise<void> {
  for (;;) {
    const base = url();
    const reply =
      base === undefined
        ? undefined
        : await fetch(`${base}/entries`, {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(entry),
          }).catch(() => undefined);
    if (reply?.ok === true) return;
    if (reply !== undefined && reply.status < 500) throw new Error(`${entry.id} was refused: ${reply.status} ${await reply.text()}`);
    await setTimeout(20);
  }
}

async function askStore(directory: string, ...argv: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const { code, stdout, stderr } = await runCommand([...argv, "--json"], { directory });
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}`);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line): Record<string, unknown> => JSON.parse(line));
}

/** Bodies of all messages of a channel that is only written to. */
export async function bodiesIn(directory: string, channel: string): Promise<readonly unknown[]> {
  const messages = await askStore(directory, "channels", "peek", channel, "--limit", "100000");
  // What the command prints of a message is its documented form.
  return messages.map(({ message }) => (message as { readonly body: unknown }).body);
}

/** Resolves when no message waits for a route. */
export async function settle(directory: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const channels = await askStore(directory, "channels", "ls");
    const left = channels.filter(
      ({ waiting, subscriptions }) => Number(waiting) > 0 && Array.isArray(subscriptions) && subscriptions.length > 0,
    );
    if (left.length === 0) return;
    signal.throwIfAborted();
    await setTimeout(300);
  }
}
