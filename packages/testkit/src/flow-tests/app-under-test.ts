import { PortolanError, listNames, nearestName } from "@portolan/core";
import { readApp, type AppInput, type PatternDefinition } from "@portolan/engine";
import type { CaseHarness } from "../cases/case-harness.ts";
import type { LifeParts } from "../cases/case-node.ts";
import type { VirtualClock } from "../clock/virtual-clock.ts";
import type { Life } from "../life.ts";
import { placesOf, type AppPlaces } from "./app-places.ts";
import { choiceText, chooser, type TargetChoice } from "./target-choice.ts";
import { createTargetDoubles, type TargetDoubles } from "./target-doubles.ts";
import { trackedContracts } from "./tracked-contracts.ts";
import { createTestVariables } from "./variables.ts";

/** An app whose connector targets are doubles. */
export interface AppUnderTest {
  readonly places: AppPlaces;
  readonly doubles: TargetDoubles;
  /** What a node runs in one of its lives. */
  parts(life: Life): LifeParts;
}

export interface AppUnderTestOptions {
  readonly harness: CaseHarness;
  readonly patterns: readonly PatternDefinition[];
  readonly clock: VirtualClock;
  /** Values of variables; others have stand-ins. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Reads an app for a test. Throws PORTOLAN_CONFIG_INVALID with everything that is wrong with it. */
export function readAppUnderTest(input: AppInput, options: AppUnderTestOptions): AppUnderTest {
  const { harness, patterns, clock } = options;
  const variables = createTestVariables(options.environment);
  const definition = readApp(input, { patterns, connectors: harness.connectors, variables: variables.read, records: true });
  const doubles = createTargetDoubles({ app: definition, connectors: harness.connectors, clock, variables });
  const contracts = trackedContracts(harness.contracts, clock);
  return {
    places: placesOf(definition, variables),
    doubles,
    parts: (life) => ({ ...doubles.install(life), contracts }),
  };
}

/** Why a choice takes no target of the app; undefined if it takes one, or may take one that messages name. */
export function unknownTarget(choice: TargetChoice, places: AppPlaces): PortolanError | undefined {
  if (places.computesAddresses || places.targets.some(chooser(choice))) return undefined;
  const addresses = places.targets.map(({ address }) => address);
  return new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", `the app has no target ${choiceText(choice)}`, {
    hint: hintOf(choiceText(choice), addresses, "target"),
  });
}

/** Why a choice takes no source that the app's steps poll. */
export function unknownPolled(choice: TargetChoice, { polled }: AppPlaces): PortolanError | undefined {
  if (polled.some(chooser(choice))) return undefined;
  const addresses = polled.map(({ address }) => address);
  return new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", `no step of the app polls ${choiceText(choice)}`, {
    hint: hintOf(choiceText(choice), addresses, "polled source"),
  });
}

/** What is there instead of an unknown name. */
export function hintOf(name: string, known: readonly string[], what: string): string {
  if (known.length === 0) return `the app has no ${what}s`;
  const nearest = nearestName(name, known);
  return nearest === undefined ? `its ${what}s: ${listNames(known)}` : `did you mean "${nearest}"?`;
}
