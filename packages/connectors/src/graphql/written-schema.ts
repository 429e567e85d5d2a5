import { PortolanError, type ConnectorServices } from "@portolan/core";
import { readSchemaDocument, type SchemaDocument } from "./schema-document.ts";

/** A schema that was written first, read anew whenever fields come or go. */
export interface WrittenSchema {
  readonly file: string;
  read(): SchemaDocument;
}

/** The fields of one app name the same document; whether it can be read is found out once. */
const known = new WeakMap<ConnectorServices, Map<string, WrittenSchema>>();

/** The schema in a file of the app. Throws PORTOLAN_CONFIG_INVALID with the reason if it is none. */
export function writtenSchema(file: string | undefined, services: ConnectorServices): WrittenSchema | undefined {
  if (file === undefined) return undefined;
  const ofApp = known.get(services) ?? new Map<string, WrittenSchema>();
  known.set(services, ofApp);
  const written = ofApp.get(file) ?? open(file, services);
  ofApp.set(file, written);
  return written;
}

function open(file: string, services: ConnectorServices): WrittenSchema {
  const content = readAppFile(file, services);
  try {
    readSchemaDocument(content, file);
  } catch (cause) {
    if (!(cause instanceof PortolanError)) throw cause;
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", cause.message, { cause, hint: "portolan describe FILE says what a schema has" });
  }
  return { file, read: () => readSchemaDocument(content, file) };
}

export function readAppFile(path: string, { readFile }: ConnectorServices): unknown {
  if (readFile !== undefined) return readFile(path);
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${path} cannot be read: there is no reader of files here`);
}
