import { basename, dirname, join } from "node:path/posix";
import { PortolanError, nearestName, type ConnectorServices } from "@portolan/core";
import type { ApiDocument, ApiOperation } from "@portolan/formats/openapi";
import { checkPath } from "@portolan/gateway";
import { REST_METHODS, type RestKey } from "./rest-method.ts";

/** Of the doors of one app, each names its document; it is read once. */
const known = new WeakMap<ConnectorServices, Map<string, Promise<ApiDocument>>>();

/** The API description at a path of the app. Throws PORTOLAN_CONFIG_INVALID or PORTOLAN_FORMAT_INVALID with the reason if it cannot be used. */
export function readApi(path: string, services: ConnectorServices): Promise<ApiDocument> {
  const ofApp = known.get(services) ?? new Map<string, Promise<ApiDocument>>();
  known.set(services, ofApp);
  const reading = ofApp.get(path) ?? read(path, services);
  ofApp.set(path, reading);
  return reading;
}

async function read(path: string, { readFile }: ConnectorServices): Promise<ApiDocument> {
  if (readFile === undefined)
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${path} cannot be read: there is no reader of files here`);
  const { readApiDocument } = await import("@portolan/formats/openapi");
  try {
    return readApiDocument(readFile(path), { file: basename(path), load: (name) => readFile(join(dirname(path), name)) });
  } catch (cause) {
    if (!(cause instanceof PortolanError) || cause.code === "PORTOLAN_CONFIG_INVALID") throw cause;
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${path}: ${cause.message}`, {
      cause,
      hint: cause.hint ?? "portolan describe FILE says what a description offers",
    });
  }
}

/** The operation of an id, or of `METHOD path`. */
export function operationNamed(api: ApiDocument, name: string, path: string): ApiOperation {
  const found = api.operations.find(({ id }) => id === name) ?? api.operations.find((one) => `${one.method} ${one.path}` === name);
  if (found !== undefined) return found;
  const nearest = nearestName(
    name,
    api.operations.map(({ id }) => id),
  );
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${path} has no operation ${JSON.stringify(name)}`, {
    hint: nearest === undefined ? `portolan describe ${path} lists them` : `did you mean "${nearest}"?`,
  });
}

/** The key of the options that an operation's method has, and the path of its door: that of the document below that of its first server. */
export function doorOf({ method, path }: ApiOperation, { servers }: ApiDocument): { readonly key: RestKey; readonly place: string } {
  const key = method.toLowerCase();
  if (!isRestKey(key)) throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${method} ${path}: there are no doors for the method ${method}`);
  return { key, place: placeBelow(basePath(servers[0]), { method, path }) };
}

/** The path pattern of an operation below a path. */
export function placeBelow(base: string, { method, path }: Pick<ApiOperation, "method" | "path">): string {
  // Only what stands in braces has a meaning.
  const place = (base + path).replaceAll(/\{[^{}]+\}|[\s:*()\\]/g, (part) => (part.length > 1 ? part : `\\${part}`));
  const fault = checkPath(place);
  if (fault === undefined) return place;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${method} ${path} cannot be the path of a door: ${fault}`);
}

/** The path of a server; empty if it has none, or cannot be known. */
export function basePath(server: string | undefined): string {
  // A server with variables may be anywhere.
  if (server === undefined || server.includes("{")) return "";
  return URL.canParse(server, "http://localhost") ? new URL(server, "http://localhost").pathname.replace(/\/+$/, "") : "";
}

function isRestKey(key: string): key is RestKey {
  return Object.hasOwn(REST_METHODS, key);
}
