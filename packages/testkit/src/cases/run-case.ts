import { asPortolanError, isRecord, reportError, type AppendEffect, type ErrorReport } from "@portolan/core";
import { patterns as enginePatterns, readApp } from "@portolan/engine";
import type { VirtualClock } from "../clock/virtual-clock.ts";
import { createVirtualClock } from "../clock/virtual-clock.ts";
import { createTestPatterns } from "../patterns/test-patterns.ts";
import type { CaseFile, CaseSend } from "./case-file.ts";
import type { CaseHarness } from "./case-harness.ts";
import { createCaseNode, type CaseNode } from "./case-node.ts";
import { differences, type CaseObservation, type SeenMessage, type SendObservation } from "./expectations.ts";

export type CaseResult =
  | { readonly outcome: "passed" }
  | { readonly outcome: "failed"; readonly differences: readonly string[] }
  | { readonly outcome: "skipped"; readonly missing: readonly string[] };

/** A case that is still busy after so many timers, or with `until` after so many at one instant, would never end. */
const MAX_TIMERS = 10_000;

/** Runs one case on a fresh node with empty stores and a virtual clock, and compares what was seen with what it expects. */
export async function runCase(read: CaseFile, harness: CaseHarness): Promise<CaseResult> {
  const patterns = [...enginePatterns, ...createTestPatterns()];
  const available = new Set([...harness.supports, ...patterns.map(({ name }) => name)]);
  const missing = read.needs.filter((need) => !available.has(need));
  if (missing.length > 0) return { outcome: "skipped", missing };

  const clock = createVirtualClock();
  const records = createSightings(clock);
  const channels = createSightings(clock);
  const observation = (startError?: ErrorReport, sends: CaseObservation["sends"] = []): CaseObservation => ({
    startError,
    endedAt: clock.now(),
    sends,
    records: records.byName,
    channels: channels.byName,
  });

  const app = attempt(() =>
    readApp(
      { name: read.case, flows: [], trees: [withDirectObservers(read)] },
      { patterns, connectors: harness.connectors, variables: () => undefined, records: true },
    ),
  );
  if ("error" in app) return resultOf(differences(read, observation(app.error)));

  const node = createCaseNode({
    harness,
    app: app.value,
    patterns,
    clock,
    onRecord: (name, message) => records.add(name, message),
    onAppend: (append) => channels.add(observedChannel(append.channel), messageOf(append)),
  });
  try {
    const startError = await clock.runUntil(node.start()).then(() => undefined, reportThrown);
    if (startError !== undefined || read.expect.start !== undefined) return resultOf(differences(read, observation(startError)));
    const { sends, isEndless } = await driveSends(read, node, clock);
    const found = differences(read, observation(undefined, sends));
    return resultOf(isEndless ? [...found, `no rest after ${MAX_TIMERS} timers, at ${clock.now()} ms`] : found);
  } finally {
    await node.dispose();
  }
}

interface Drive {
  readonly sends: readonly (SendObservation | undefined)[];
  readonly isEndless: boolean;
}

async function driveSends({ send: sends, until = Infinity }: CaseFile, node: CaseNode, clock: VirtualClock): Promise<Drive> {
  const seen: (SendObservation | undefined)[] = sends.map(() => undefined);

  const start = (send: CaseSend, index: number) => {
    seen[index] = { state: "running" };
    const work = send.kind === "control" ? node.control(send.control).then(() => undefined) : node.send(send);
    work.then(
      (message) => (seen[index] = { state: "done", at: clock.now(), body: message?.body ?? null, headers: message?.headers ?? {} }),
      (thrown: unknown) => (seen[index] = { state: "failed", at: clock.now(), error: reportThrown(thrown) }),
    );
  };
  const isReady = (send: CaseSend, index: number) => {
    if (seen[index] !== undefined) return false;
    if (send.at !== undefined) return send.at <= clock.now();
    return index === 0 || (seen[index - 1]?.state ?? "running") !== "running";
  };

  let instant = clock.now();
  for (let timers = 0; timers < MAX_TIMERS; timers++) {
    await clock.settle();
    if (until < Infinity && clock.now() > instant) {
      instant = clock.now();
      timers = 0;
    }
    const nextTimer = clock.nextDue() ?? Infinity;
    if (nextTimer > clock.now()) {
      const ready = sends.findIndex(isReady);
      const next = sends[ready];
      if (next !== undefined) {
        start(next, ready);
        continue;
      }
    }
    const nextSend = Math.min(...sends.map((send, index) => (seen[index] === undefined ? (send.at ?? Infinity) : Infinity)));
    if (Math.min(nextTimer, nextSend) > until || Math.min(nextTimer, nextSend) === Infinity) {
      if (until !== Infinity) await clock.advanceTo(until);
      return { sends: seen, isEndless: false };
    }
    if (nextTimer <= nextSend) await clock.step();
    else await clock.advanceTo(nextSend);
  }
  return { sends: seen, isEndless: true };
}

/** Messages seen at named places, with the time they were seen. */
interface Sightings {
  add(name: string, message: Omit<SeenMessage, "at">): void;
  readonly byName: ReadonlyMap<string, readonly SeenMessage[]>;
}

function createSightings(clock: VirtualClock): Sightings {
  const byName = new Map<string, SeenMessage[]>();
  return {
    byName,
    add(name, { body, headers, attributes }) {
      const list = byName.get(name) ?? [];
      if (list.length === 0) byName.set(name, list);
      list.push({ body: body ?? null, headers, attributes, at: clock.now() });
    },
  };
}

function messageOf({ message }: AppendEffect): Omit<SeenMessage, "at"> {
  const { body, headers, deadLetter } = message;
  return { body, headers, attributes: deadLetter === undefined ? {} : { deadLetter } };
}

const OBSERVER = "observed.";

/**
 * A direct channel keeps nothing that could be looked at. Where a case expects messages in one, a further consuming route copies
 * them to a channel that does, in the sender's unit of work: so a copy is committed exactly when the sender's work is.
 */
function withDirectObservers({ flow, expect }: CaseFile): Readonly<Record<string, unknown>> {
  const { channels, routes } = flow;
  if (!isRecord(channels) || !isRecord(routes)) return flow;
  const direct = Object.keys(expect.channels ?? {}).filter((name) => isRecord(channels[name]) && channels[name]["mode"] === "direct");
  const observers = direct.map((name) => [OBSERVER + name, { from: [{ channel: name }], steps: [{ to: { channel: OBSERVER + name } }] }]);
  return { ...flow, routes: { ...routes, ...Object.fromEntries(observers) } };
}

function observedChannel(name: string): string {
  return name.startsWith(OBSERVER) ? name.slice(OBSERVER.length) : name;
}

function resultOf(found: readonly string[]): CaseResult {
  return found.length === 0 ? { outcome: "passed" } : { outcome: "failed", differences: found };
}

function attempt<T>(make: () => T): { readonly value: T } | { readonly error: ErrorReport } {
  try {
    return { value: make() };
  } catch (thrown) {
    return { error: reportThrown(thrown) };
  }
}

/** An error as deep as cases may look into it. */
function reportThrown(thrown: unknown): ErrorReport {
  return reportError(asPortolanError(thrown), 20);
}
