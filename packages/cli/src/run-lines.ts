import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { PortolanError, asPortolanError, reportError, sleep, type Clock, type Store } from "@portolan/core";
import { createJsonLogger, createSystemClock, jsonText, startNode, type LoadedApp, type RunningNode } from "@portolan/host";
import type { Io } from "./command.ts";
import { platform } from "./platform.ts";

export interface LinesRun {
  readonly app: LoadedApp;
  readonly route: string;
  readonly store: string;
  readonly io: Io;
}

/** How often it looks whether the channels have been emptied. */
const LOOK_MS = 10;

/** Sends each line of stdin through the route; answers how many messages failed. */
export async function runLines({ app, route, store, io }: LinesRun): Promise<number> {
  const clock = createSystemClock();
  const log = createJsonLogger({ clock, level: app.config.log, write: (line) => io.stderr.write(line) });
  const startedAt = clock.now();
  const node = await startNode({ app, platform, log, clock, store, http: false });
  const stores = [node.stores.memory, node.stores.durable];
  let failed = 0;
  try {
    failed += await sendLines(node, route, io);
    await emptied(stores, clock);
    for (const each of new Set(stores)) failed += await reportDeadLetters(each, startedAt, io);
  } finally {
    await node.stop();
  }
  return failed;
}

async function sendLines(node: RunningNode, route: string, io: Io): Promise<number> {
  let failed = 0;
  let line = 0;
  for await (const text of createInterface({ input: io.stdin, crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === "") continue;
    try {
      const result = await node.engine.deliver(route, { body: parseLine(text) }, { mode: "request" });
      await writeLine(io.stdout, result?.body ?? null);
    } catch (thrown) {
      failed += 1;
      const error = asPortolanError(thrown);
      await writeLine(io.stderr, {
        line,
        ...reportError(error),
        route: error.route,
        step: error.step,
        messageId: error.messageId,
        findings: error.findings,
      });
    }
  }
  return failed;
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PortolanError("PORTOLAN_FORMAT_INVALID", `the line is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: "each line is one JSON value; of CSV and other formats such lines are made by portolan convert --to ndjson",
    });
  }
}

async function emptied(stores: readonly Store[], clock: Clock): Promise<void> {
  for (;;) {
    const statuses = (await Promise.all(stores.map((store) => store.channels()))).flat();
    if (!statuses.some(({ subscriptions }) => subscriptions.some(({ waiting, active }) => active && waiting > 0))) return;
    await sleep(clock, LOOK_MS);
  }
}

async function reportDeadLetters(store: Store, since: number, io: Io): Promise<number> {
  let found = 0;
  for (const { name, waiting, subscriptions } of await store.channels()) {
    if (subscriptions.length > 0 || waiting === 0) continue;
    for (const { message } of await store.peek(name, { limit: waiting })) {
      const { deadLetter } = message;
      if (deadLetter === undefined || deadLetter.at < since) continue;
      found += 1;
      const { error, route, step, attempts } = deadLetter;
      await writeLine(io.stderr, { ...error, route, step, attempts, messageId: message.id, deadLetter: name, body: message.body });
    }
  }
  return found;
}

/** Waits while the reader is slow. */
async function writeLine(stream: Writable, value: unknown): Promise<void> {
  if (!stream.write(`${jsonText(value)}\n`)) await once(stream, "drain");
}
