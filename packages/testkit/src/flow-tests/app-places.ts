import { isStandardSchema, type AppDefinition } from "@portolan/core";
import { isConnectorSource, isConnectorTarget } from "./app-changes.ts";
import { chosenSource } from "./source-doubles.ts";
import { chosenTarget } from "./target-doubles.ts";
import type { ChosenTarget } from "./target-choice.ts";
import type { TestVariables } from "./variables.ts";

/** The places of an app that tests name. */
export interface AppPlaces {
  readonly routes: readonly string[];
  readonly channels: readonly string[];
  readonly directChannels: readonly string[];
  readonly targets: readonly ChosenTarget[];
  /** Connector sources that steps poll. */
  readonly polled: readonly ChosenTarget[];
  readonly recorders: readonly string[];
  /** Whether messages may name further targets by their addresses. */
  readonly computesAddresses: boolean;
}

export function placesOf(app: AppDefinition, variables: TestVariables): AppPlaces {
  const targets = new Map<string, ChosenTarget>();
  const polled = new Map<string, ChosenTarget>();
  const recorders = new Set<string>();
  let computesAddresses = false;
  // The sources of routes are not opened: tests send to the routes.
  const routes = app.routes.map(({ from: _from, ...rest }) => rest);
  for (const value of objectsIn([routes, app.errors, app.intercept])) {
    if (isConnectorTarget(value)) {
      const target = chosenTarget(value, variables);
      targets.set(`${target.address} ${target.system}`, target);
    } else if (isConnectorSource(value) && value.connector.source?.poll !== undefined) {
      const source = chosenSource(value, variables);
      polled.set(source.address, source);
    } else if ("kind" in value && value.kind === "record" && "name" in value) recorders.add(String(value.name));
    if ("allow" in value && Array.isArray(value.allow) && value.allow.length > 0) computesAddresses = true;
  }
  return {
    routes: app.routes.map(({ id }) => id),
    channels: app.channels.map(({ name }) => name),
    directChannels: app.channels.filter(({ mode }) => mode === "direct").map(({ name }) => name),
    targets: [...targets.values()],
    polled: [...polled.values()],
    recorders: [...recorders],
    computesAddresses,
  };
}

/** The plain objects of a tree, but not what belongs to connectors and contracts. */
function* objectsIn(value: unknown): Iterable<object> {
  if (typeof value !== "object" || value === null || isStandardSchema(value)) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* objectsIn(item);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return;
  yield value;
  if ("kind" in value && value.kind === "connector") return;
  for (const child of Object.values(value)) yield* objectsIn(child);
}
