import { PortolanError, listNames, type ConnectorServices, type Finding, type PlacedSource } from "@portolan/core";
import { operationNamed, readService } from "./app-service.ts";
import type { doorOptions } from "./options.ts";
import type { ServiceModel } from "./wsdl/service-model.ts";

type Door = PlacedSource<typeof doorOptions>;

/** Documents and operations that doors name in vain, and operations of their documents that no door has. */
export function unroutedOperations(doors: readonly Door[], services: ConnectorServices): readonly Finding[] {
  const byDocument = Map.groupBy(
    doors.filter(({ options }) => options.service !== undefined),
    ({ options }) => options.service ?? "",
  );
  return [...byDocument].flatMap(([document, own]) => findingsOf(document, own, services));
}

function findingsOf(document: string, doors: readonly Door[], services: ConnectorServices): readonly Finding[] {
  const [first] = doors;
  if (first === undefined) return [];
  const read = found(first, () => readService(document, services));
  if ("finding" in read) return [read.finding];
  const faults = doors.flatMap((door) => {
    const operation = found(door, () => operationNamed(read.value, door.options.operation ?? "", document));
    return "finding" in operation ? [operation.finding] : [];
  });
  const missing = unrouted(read.value, doors);
  if (faults.length > 0 || missing.length === 0 || doors.some(({ options }) => options.unrouted === "ignore")) return faults;
  return [
    {
      ...placed(first),
      message: `${document} has ${missing.length === 1 ? "an operation" : `${missing.length} operations`} that no route has: ${listNames(missing.slice(0, 20))}`,
      expected: "a route from each operation of the contract",
      hint: `begin a route with soap: { service: ${document}, operation: ${missing[0]} }, or say unrouted: ignore`,
    },
  ];
}

function unrouted({ operations }: ServiceModel, doors: readonly Door[]): readonly string[] {
  const routed = new Set(doors.map(({ options }) => options.operation));
  return operations.map(({ name }) => name).filter((name) => !routed.has(name));
}

function found<Value>(door: Door, read: () => Value): { readonly value: Value } | { readonly finding: Finding } {
  try {
    return { value: read() };
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return { finding: { ...placed(door), message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) } };
  }
}

function placed({ path, place }: Door): Pick<Finding, "path" | "place"> {
  return { path, ...(place === undefined ? {} : { place }) };
}
