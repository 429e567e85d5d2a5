import { PortolanError, listNames, type ConnectorServices, type Finding, type PlacedSource } from "@portolan/core";
import { createAdmission } from "./admission.ts";
import { doorOf, operationNamed, readApi } from "./api-document.ts";
import type { doorOptions } from "./options.ts";

type Door = PlacedSource<typeof doorOptions>;

/** Documents and operations that doors name in vain, and operations of their documents that no door has. */
export async function unroutedOperations(doors: readonly Door[], services: ConnectorServices): Promise<readonly Finding[]> {
  const byDocument = Map.groupBy(
    doors.filter(({ options }) => options.api !== undefined),
    ({ options }) => options.api ?? "",
  );
  const found = await Promise.all([...byDocument].map(([document, own]) => findingsOf(document, own, services)));
  return found.flat();
}

/** Operations without a route, by document, until somebody opens doors for them. */
const unrouted = new WeakMap<ConnectorServices, Map<string, readonly string[]>>();

function rememberUnrouted(document: string, ids: readonly string[], services: ConnectorServices): void {
  const ofApp = unrouted.get(services) ?? new Map<string, readonly string[]>();
  unrouted.set(services, ofApp.set(document, ids));
}

/** The operations of a document that no door of the app has. Who asks first gets them. */
export function takeUnrouted(document: string, services: ConnectorServices): readonly string[] {
  const ofApp = unrouted.get(services);
  const ids = ofApp?.get(document) ?? [];
  ofApp?.delete(document);
  return ids;
}

async function findingsOf(document: string, doors: readonly Door[], services: ConnectorServices): Promise<readonly Finding[]> {
  const [first] = doors;
  try {
    const api = await readApi(document, services);
    const routed = new Set<unknown>();
    const faults = doors.flatMap((door) => {
      if (door.options.operation === undefined) return [];
      return faultsOf(door, () => {
        const operation = operationNamed(api, door.options.operation ?? "", document);
        routed.add(operation);
        doorOf(operation, api);
        const { credentials } = door.options;
        if (credentials !== undefined) createAdmission({ security: operation.security, securitySchemes: api.securitySchemes }, credentials);
      });
    });
    const missing = api.operations.filter((operation) => !routed.has(operation)).map(({ id }) => id);
    const isIgnored = doors.some(({ options }) => options.unrouted === "ignore" || options.operation === undefined);
    rememberUnrouted(document, missing, services);
    if (missing.length === 0 || isIgnored || faults.length > 0 || first === undefined) return faults;
    return [
      {
        ...placed(first),
        message: `${document} has ${missing.length === 1 ? "an operation" : `${missing.length} operations`} that no route has: ${listNames(missing.slice(0, 20))}`,
        expected: "a route from each operation of the contract",
        hint: `begin a route with rest: { api: ${document}, operation: ${missing[0]} }, or say unrouted: ignore`,
      },
    ];
  } catch (error) {
    if (first === undefined) throw error;
    return faultsOf(first, () => {
      throw error;
    });
  }
}

function faultsOf(door: Door, work: () => void): readonly Finding[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return [{ ...placed(door), message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }];
  }
}

function placed({ path, place }: Door): Pick<Finding, "path" | "place"> {
  return { path, ...(place === undefined ? {} : { place }) };
}
