import { PortolanError, printable, type ErrorReport, type JournalEntry, type PeekedMessage } from "@portolan/core";
import type { StoreAdmin } from "@portolan/stores";
import { defineCommand, type Io } from "../command.ts";
import { STORE_OPTIONS, withStore, writeJsonLines } from "../store-access.ts";
import { renderTable } from "../table.ts";

/** Messages looked through per channel: a look must not read a backlog of millions. */
const SEARCHED = 10_000;
const PAGE = 500;

export const messagesShow = defineCommand({
  name: "messages show",
  summary: "Shows what became of one message: its runs through routes, step by step, and where it waits.",
  details: `The runs come from the journal, which keeps failures only unless the app says \`journal: all\`. It is looked for among the oldest ${SEARCHED} waiting messages of each channel.`,
  positionals: [
    {
      name: "ID",
      description: "The message's id, from a log line, a problem response, `errors` or `channels peek`.",
      presence: "required",
    },
  ],
  options: STORE_OPTIONS,
  examples: [
    { line: "portolan messages show 0mb8k3x1q2hj3000017", does: "Its timeline, its errors and, if it is a dead letter, its bodies." },
  ],
  async run({ positionals: [id = ""], options, io }) {
    const { entries, waiting } = await withStore(io, options.store, async (store) => ({
      entries: await store.journal(id),
      waiting: await findWaiting(store, id),
    }));
    if (entries.length === 0 && waiting.length === 0) {
      throw new PortolanError("PORTOLAN_UNKNOWN_MESSAGE", `the store knows no message ${id}`, {
        hint: "the journal keeps failures only unless the app says `journal: all`, and forgets what is older than its retention",
      });
    }
    if (options.json === true) await writeJsonLines(io, [{ id, entries, waiting }]);
    else await writeStory(io, { id, entries, waiting });
    return "ok";
  },
});

interface WaitingMessage extends PeekedMessage {
  readonly channel: string;
}

async function findWaiting(store: StoreAdmin, id: string): Promise<WaitingMessage[]> {
  const found: WaitingMessage[] = [];
  for (const { name, waiting } of await store.channels()) {
    let after = -1;
    for (let seen = 0; seen < Math.min(waiting, SEARCHED); seen += PAGE) {
      const page = await store.peek(name, { ...(after < 0 ? {} : { after }), limit: PAGE });
      found.push(...page.filter(({ message }) => message.id === id).map((message) => ({ channel: name, ...message })));
      after = page.at(-1)?.sequence ?? after;
    }
  }
  return found;
}

interface Story {
  readonly id: string;
  readonly entries: readonly JournalEntry[];
  readonly waiting: readonly WaitingMessage[];
}

async function writeStory(io: Io, { id, entries, waiting }: Story): Promise<void> {
  const { jsonText } = await import("@portolan/host");
  const lines = [`message ${id}`, ...entries.map(runText), ...waiting.map((message) => waitingText(message, jsonText))];
  io.stdout.write(printable(`${lines.join("\n\n")}\n`));
}

function runText(entry: JournalEntry): string {
  const head = `${new Date(entry.startedAt).toISOString()}  route ${entry.route}, by ${entry.via}: ${entry.outcome} after ${Math.round(entry.durationMs)} ms`;
  const steps = renderTable(
    entry.steps.map(({ step, pattern, at, ms, error }) => [
      `  ${step}`,
      pattern,
      `+${at.toFixed(1)} ms`,
      `${ms.toFixed(1)} ms`,
      error ?? "",
    ]),
  );
  const failure =
    entry.error === undefined
      ? ""
      : `  failed${entry.failedStep === undefined ? "" : ` at step ${entry.failedStep}`}: ${errorText(entry.error)}\n`;
  return `${head}\n${steps}${failure}`.trimEnd();
}

function errorText({ code, kind, message, hint, cause, suppressed }: ErrorReport): string {
  const more = [
    hint === undefined ? "" : `\n    help: ${hint}`,
    cause === undefined ? "" : `\n    because: ${errorText(cause)}`,
    suppressed === undefined ? "" : `\n    after: ${errorText(suppressed)}`,
  ];
  return `${code} (${kind}): ${message}${more.join("")}`;
}

function waitingText({ channel, sequence, message }: WaitingMessage, json: (value: unknown) => string): string {
  const { deadLetter } = message;
  const rows = [
    ["  body", json(message.body)],
    ["  headers", json(message.headers)],
  ];
  if (deadLetter !== undefined) {
    rows.push(
      ["  failed body", json(deadLetter.failedBody)],
      ["  error", errorText(deadLetter.error)],
      ["  attempts", String(deadLetter.attempts)],
    );
  }
  return `waits in channel ${channel} as number ${sequence}\n${renderTable(rows)}`.trimEnd();
}
