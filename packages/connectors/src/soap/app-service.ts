import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import { PortolanError, nearestName, type ConnectorServices } from "@portolan/core";
import type { ReadFile } from "./schema/schema-files.ts";
import { readWsdl } from "./wsdl/read-wsdl.ts";
import type { ServiceModel, SoapOperation } from "./wsdl/service-model.ts";

/** Of the doors and targets of one app, each names its document; it is read once. */
const known = new WeakMap<ConnectorServices, Map<string, ServiceModel>>();

/** The WSDL document at a path of the app. Throws PORTOLAN_CONFIG_INVALID with the reason if it cannot be used. */
export function readService(path: string, services: ConnectorServices): ServiceModel {
  const ofApp = known.get(services) ?? new Map<string, ServiceModel>();
  known.set(services, ofApp);
  const service = ofApp.get(path) ?? read(path, services.directory);
  ofApp.set(path, service);
  return service;
}

function read(path: string, directory: string): ServiceModel {
  try {
    return readWsdl(path, filesBelow(directory));
  } catch (cause) {
    if (!(cause instanceof PortolanError) || cause.code === "PORTOLAN_CONFIG_INVALID") throw cause;
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", cause.message, {
      cause,
      hint: cause.hint ?? "portolan describe FILE says what a document offers",
    });
  }
}

/** Files of the app: what a document refers to must lie below the app's directory. */
function filesBelow(directory: string): ReadFile {
  const root = resolve(directory);
  return (path) => {
    const file = resolve(root, path);
    if (relative(root, file).split(sep)[0] === "..")
      throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${path} lies outside of the app's directory`);
    return readLocalFile(file);
  };
}

export function readLocalFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", code === "ENOENT" ? `there is no file ${file}` : `${file} cannot be read: ${code}`, {
      cause,
    });
  }
}

/** The operation of a name. */
export function operationNamed(service: ServiceModel, name: string, path: string): SoapOperation {
  const found = service.operations.find((one) => one.name === name);
  if (found !== undefined) return found;
  const skipped = service.skipped.find((one) => one.startsWith(`${name}:`) || one.startsWith(`${name} `));
  const nearest = nearestName(
    name,
    service.operations.map((one) => one.name),
  );
  throw new PortolanError(
    "PORTOLAN_CONFIG_INVALID",
    `${path} has no operation ${JSON.stringify(name)}${skipped === undefined ? "" : ` that can be called: ${skipped}`}`,
    {
      hint: nearest === undefined ? `portolan describe ${path} lists them` : `did you mean "${nearest}"?`,
    },
  );
}
