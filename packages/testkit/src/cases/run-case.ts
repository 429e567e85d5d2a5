import { asPortolanError, reportError, type ErrorReport } from "@portolan/core";
import { patterns as enginePatterns, type PointObserver } from "@portolan/engine";
import { createVirtualClock, type VirtualClock } from "../clock/virtual-clock.ts";
import { createTestPatterns } from "../patterns/test-patterns.ts";
import type { CaseFile, CaseSend } from "./case-file.ts";
import type { CaseHarness } from "./case-harness.ts";
import { createCaseNode, type CaseNode } from "./case-node.ts";
import { caseSubject, isObserver, observedChannel } from "./case-subject.ts";
import type { Difference } from "./difference.ts";
import { differences, type CaseObservation, type SendObservation } from "./expectations.ts";
import { appendedMessage, createSightings } from "./sightings.ts";

export type CaseResult =
  | { readonly outcome: "passed" }
  | { readonly outcome: "failed"; readonly differences: readonly Difference[] }
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
  const subject = attempt(() => caseSubject(read, { harness, patterns, clock }));
  const observation = (startError?: ErrorReport, sends: CaseObservation["sends"] = []): CaseObservation => ({
    startError,
    endedAt: clock.now(),
    sends,
    records: "error" in subject ? records : subject.value.records(records),
    channels,
  });
  if ("error" in subject) return resultOf(differences(read, observation(subject.error)));
  const { parts, sources, unknown } = subject.value;
  if (unknown.length > 0) return resultOf(unknown);

  const node = createCaseNode({
    harness,
    parts,
    sources,
    patterns,
    clock,
    observePoint: read.flow === undefined ? withoutObservers(harness.observePoint) : undefined,
    onRecord: (name, message) => records.add(name, message),
    onAppend: (append) => channels.add(observedChannel(append.channel), appendedMessage(append)),
  });
  try {
    const startError = await clock.runUntil(node.start()).then(() => undefined, reportThrown);
    if (startError !== undefined || read.expect.start !== undefined) return resultOf(differences(read, observation(startError)));
    const { sends, isEndless } = await driveSends(read, node, clock);
    const found = differences(read, observation(undefined, sends));
    return resultOf(isEndless ? [...found, { where: "", message: `no rest after ${MAX_TIMERS} timers, at ${clock.now()} ms` }] : found);
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

/** The routes that make direct channels visible are no part of the app. */
function withoutObservers(observe: PointObserver | undefined): PointObserver | undefined {
  return observe === undefined ? undefined : (point) => (isObserver(point.route) ? () => undefined : observe(point));
}

function resultOf(found: readonly Difference[]): CaseResult {
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
