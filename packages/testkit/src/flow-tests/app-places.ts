import { isStandardSchema, type AppDefinition } from "@portolan/core";
import { isConnectorTarget } from "./app-changes.ts";
import { chosenTarget } from "./target-doubles.ts";
import type { ChosenTarget } from "./target-choice.ts";
import type { TestVariables } from "./variables.ts";

/** The places of an app that tests name. */
export interface AppPlaces {
  readonly routes: readonly string[];
  readonly channels: readonly string[];
  readonly directChannels: readonly string[];
  readonly targets: readonly ChosenTarget[];
  readonly recorders: readonly string[];
  /** Whether messages may name further targets by their addresses. */
  readonly computesAddresses: boolean;
}

export function placesOf(app: AppDefinition, variables: TestVariables): AppPlaces {
  const targets = new Map<string, ChosenTarget>();
  const recorders = new Set<string>();
  let computesAddresses = false;
  for (const value of objectsIn([app.routes, app.errors, app.intercept])) {
    if (isConnectorTarget(value)) {
      const target = chosenTarget(value, variables);
      targets.set(`${target.address} ${target.system}`, target);
    } else if ("kind" in value && value.kind === "record" && "name" in value) recorders.add(String(value.name));
    if ("allow" in value && Array.isArray(value.allow) && value.allow.length > 0) computesAddresses = true;
  }
  return {
    routes: app.routes.map(({ id }) => id),
    channels: app.channels.map(({ name }) => name),
    directChannels: app.channels.filter(({ mode }) => mode === "direct").map(({ name }) => name),
    targets: [...targets.values()],
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
