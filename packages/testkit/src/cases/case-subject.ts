import { PortolanError, isRecord } from "@portolan/core";
import { readApp, type PatternDefinition } from "@portolan/engine";
import type { VirtualClock } from "../clock/virtual-clock.ts";
import { readAppUnderTest, unknownPolled, unknownTarget, hintOf, type AppUnderTest } from "../flow-tests/app-under-test.ts";
import type { Life } from "../life.ts";
import type { CaseFile } from "./case-file.ts";
import type { CaseHarness } from "./case-harness.ts";
import type { LifeParts } from "./case-node.ts";
import type { Difference } from "./difference.ts";
import type { SeenByName } from "./expectations.ts";

/** What a case is about: its own flow, or the app that it lies in. */
export interface CaseSubject {
  parts(life: Life): LifeParts;
  /** Whether sources of connectors are opened. */
  readonly sources: boolean;
  /** What recorders got, and the doubles of targets by their addresses. */
  records(recorded: SeenByName): SeenByName;
  /** Names in the case that the subject does not have. */
  readonly unknown: readonly Difference[];
}

export interface SubjectContext {
  readonly harness: CaseHarness;
  readonly patterns: readonly PatternDefinition[];
  readonly clock: VirtualClock;
}

export function caseSubject(read: CaseFile, context: SubjectContext): CaseSubject {
  return read.flow === undefined ? appSubject(read, context) : flowSubject(read, read.flow, context);
}

function flowSubject(read: CaseFile, flow: NonNullable<CaseFile["flow"]>, { harness, patterns }: SubjectContext): CaseSubject {
  const { connectors, contracts } = harness;
  const { channels } = flow;
  const direct = isRecord(channels) ? Object.entries(channels).flatMap(([name, value]) => (isDirect(value) ? [name] : [])) : [];
  const app = readApp(
    { name: read.case, flows: [], trees: [isRecord(flow["routes"]) ? withRoutes(flow, observers(read, direct)) : flow] },
    { patterns, connectors, variables: () => undefined, records: true },
  );
  return { parts: () => ({ app, connectors, contracts }), sources: true, records: (recorded) => recorded, unknown: [] };
}

function appSubject(read: CaseFile, { harness, patterns, clock }: SubjectContext): CaseSubject {
  const { app } = harness;
  if (app === undefined)
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", "the case has no flow, and there is no app that it could be about");
  const { environment = {}, offers = {}, targets = {} } = read;
  const options = { harness, patterns, clock, environment };
  let tested = readAppUnderTest(app, options);
  const observed = observers(read, tested.places.directChannels);
  if (Object.keys(observed).length > 0) tested = readAppUnderTest({ ...app, trees: [...(app.trees ?? []), { routes: observed }] }, options);
  for (const [name, answer] of Object.entries(targets)) tested.doubles.replace(name, answer);
  for (const [name, messages] of Object.entries(offers)) for (const message of messages) tested.doubles.offer(name, message);
  return {
    parts: tested.parts,
    sources: false,
    records: (recorded) => ({ get: (name) => recorded.get(name) ?? tested.doubles.seen(name) }),
    unknown: unknownNames(read, tested),
  };
}

function isDirect(channel: unknown): boolean {
  return isRecord(channel) && channel["mode"] === "direct";
}

const OBSERVER = "observed.";

/**
 * A direct channel keeps nothing that could be looked at. Where a case expects messages in one, a further consuming route copies
 * them to a channel that does, in the sender's unit of work: so a copy is committed exactly when the sender's work is.
 */
function observers({ expect }: CaseFile, directChannels: readonly string[]): Readonly<Record<string, unknown>> {
  const observed = directChannels.filter((name) => Object.hasOwn(expect.channels ?? {}, name));
  return Object.fromEntries(
    observed.map((name) => [OBSERVER + name, { from: [{ channel: name }], steps: [{ to: { channel: OBSERVER + name } }] }]),
  );
}

export function isObserver(route: string): boolean {
  return route.startsWith(OBSERVER);
}

export function observedChannel(name: string): string {
  return isObserver(name) ? name.slice(OBSERVER.length) : name;
}

function withRoutes(flow: Readonly<Record<string, unknown>>, routes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...flow, routes: { ...(isRecord(flow["routes"]) ? flow["routes"] : {}), ...routes } };
}

/** A name that nothing has would be seen empty, and an expectation that nothing arrives there would hold for ever. */
function unknownNames({ expect, offers = {}, targets = {} }: CaseFile, { places }: AppUnderTest): readonly Difference[] {
  const unknown = (where: string, message: string): Difference => ({ where, message });
  return [
    ...Object.keys(offers).flatMap((name) => {
      const error = unknownPolled(name, places);
      return error === undefined ? [] : [unknown(`offers.${name}`, `${error.message}; ${error.hint}`)];
    }),
    ...Object.keys(targets).flatMap((name) => {
      const error = unknownTarget(name, places);
      return error === undefined ? [] : [unknown(`targets.${name}`, `${error.message}; ${error.hint}`)];
    }),
    ...Object.keys(expect.records ?? {}).flatMap((name) => {
      if (places.recorders.includes(name)) return [];
      const error = unknownTarget(name, places);
      return error === undefined ? [] : [unknown(`records.${name}`, `${error.message}; ${error.hint}`)];
    }),
    ...Object.keys(expect.channels ?? {}).flatMap((name) =>
      places.channels.includes(name)
        ? []
        : [unknown(`channels.${name}`, `the app has no channel ${name}; ${hintOf(name, places.channels, "channel")}`)],
    ),
  ];
}
