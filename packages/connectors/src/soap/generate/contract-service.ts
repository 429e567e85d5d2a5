import { PortolanError, type ContractCheck } from "@portolan/core";
import type { DoorHost } from "@portolan/gateway";
import type { ServiceSource } from "../service-source.ts";
import { readWsdl } from "../wsdl/read-wsdl.ts";
import type { ServiceModel } from "../wsdl/service-model.ts";
import { writeServiceDocument, writeServiceSchema, type GeneratedOperation, type GeneratedService } from "./service-document.ts";

/** An operation, and whose it is. */
export interface ContractOperation extends GeneratedOperation {
  readonly owner: string;
}

/** A service that is described by the contracts of the routes at one path. */
export interface ContractService extends ServiceSource {
  add(operation: ContractOperation): { remove(): void };
}

/** What a door says of the service that it belongs to. */
export interface ServiceHead {
  readonly serviceName: string | undefined;
  readonly namespace: string | undefined;
  /** Who says so. */
  readonly owner: string;
}

const services = new WeakMap<DoorHost, Map<string, ContractService & { agree(head: ServiceHead): void }>>();

/** The service at a path of a host: the same for all doors. Throws PORTOLAN_CONFIG_INVALID if they call it differently. */
export function contractServiceAt(host: DoorHost, path: string, head: ServiceHead): ContractService {
  const ofHost = services.get(host) ?? new Map<string, ContractService & { agree(head: ServiceHead): void }>();
  services.set(host, ofHost);
  const service = ofHost.get(path) ?? createContractService(path);
  ofHost.set(path, service);
  service.agree(head);
  return service;
}

function createContractService(path: string): ContractService & { agree(head: ServiceHead): void } {
  const operations = new Map<string, ContractOperation>();
  const said = new Map<"serviceName" | "namespace", { readonly value: string; readonly owner: string }>();
  let made: ServiceModel | undefined;

  const described = (address: string): GeneratedService => {
    const name = said.get("serviceName")?.value ?? serviceName(path);
    return { name, namespace: said.get("namespace")?.value ?? `urn:portolan:${name}`, address, operations: [...operations.values()] };
  };

  return {
    get name() {
      return described("").name;
    },
    // With the first request, when all doors have come. Patterns are left to the contract: libxml2 takes some of them for others.
    model: () => (made ??= readWsdl(`${path}?wsdl`, () => Buffer.from(writeServiceDocument(described(path), { patterns: false })))),
    document: ({ kind, index }, url) => {
      if (index !== undefined) return undefined;
      return kind === "wsdl" ? writeServiceDocument(described(url)) : writeServiceSchema(described(url));
    },
    agree(head) {
      for (const word of ["serviceName", "namespace"] as const) {
        const value = head[word];
        const before = said.get(word);
        if (value === undefined) continue;
        if (before !== undefined && before.value !== value) {
          throw new PortolanError(
            "PORTOLAN_CONFIG_INVALID",
            `${head.owner}: the service at ${path} has the ${word} ${value}, and ${before.value} of ${before.owner}`,
            {
              hint: "doors of one path are one service: give one of them another path, or all the same name and namespace",
            },
          );
        }
        said.set(word, { value, owner: head.owner });
        made = undefined;
      }
    },
    add(operation) {
      // What cannot be said is told now, and not with the first request.
      writeServiceSchema({ name: "Service", namespace: "urn:portolan:check", address: "", operations: [operation] });
      checkNames(operation, path, [...operations.values()]);
      operations.set(operation.name, operation);
      made = undefined;
      return {
        remove() {
          if (operations.get(operation.name) !== operation) return;
          operations.delete(operation.name);
          made = undefined;
        },
      };
    },
  };
}

/** No two elements of a service have one name: that of a request is the operation's, that of a reply ends in Response. */
function checkNames({ name, owner }: ContractOperation, path: string, others: readonly ContractOperation[]): void {
  const taken = others.find((other) => other.name === name || `${other.name}Response` === name || other.name === `${name}Response`);
  if (taken === undefined) return;
  const words = taken.name === name ? "is taken by" : `and ${taken.name} would have messages of one name: that is the operation of`;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${owner}: the operation ${name} at ${path} ${words} ${taken.owner}`, {
    hint: "each operation leads to one route: give one of them another name, or another path",
  });
}

/** `/orders/v1` is the service OrdersV1. */
function serviceName(path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter(Boolean);
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[A-Za-z]/.test(name) ? name : `Service${name}`;
}

/** The JSON Schema of a contract. One that has none cannot be written as a description. */
export function schemaOfContract(
  contract: ContractCheck | undefined,
  what: string,
): Readonly<Record<string, unknown>> | boolean | undefined {
  if (contract === undefined || contract.jsonSchema !== undefined) return contract?.jsonSchema;
  throw new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `${what} has no JSON Schema, of which the description of a SOAP service could be made`,
    {
      hint: "Give the route a contract that has one (zod, valibot, JSON Schema), or begin with a WSDL document: soap.service(…).",
    },
  );
}
