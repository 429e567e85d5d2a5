import { describeValue, isRecord } from "@portolan/core";
import type { ApiSchema } from "../openapi/api-document.ts";
import { createNamedSchemas } from "../openapi/named-schemas.ts";
import { text } from "../openapi/parts.ts";
import { createReferences, type Part, type References } from "../openapi/references.ts";
import type { ReadOptions } from "../openapi/read-document.ts";
import { unreadable } from "../openapi/unreadable.ts";
import type { AsyncDocument, AsyncServer } from "./async-document.ts";
import { messageReader } from "./read-messages.ts";
import { readVersion2 } from "./version-2.ts";
import { readVersion3 } from "./version-3.ts";
import { entriesOf, recordOf } from "./parts.ts";

/** Whether data are a description of AsyncAPI, of whatever version. */
export function isAsyncDescription(value: unknown): boolean {
  return isRecord(value) && "asyncapi" in value;
}

/**
 * Reads AsyncAPI 2 and 3. What is wrong with a description so that it cannot be relied on throws PORTOLAN_FORMAT_INVALID with
 * the place; keywords that are not known are let be. What version 2 calls publish the application receives, and it sends what is called subscribe.
 */
export function readAsyncDocument(document: unknown, { file = "", load }: ReadOptions = {}): AsyncDocument {
  if (!isRecord(document)) throw unreadable(`expected a map, found ${describeValue(document)}`);
  const version = versionOf(document);
  const references = createReferences(document, file, load);
  const schemas = createNamedSchemas(references, "json");
  const messages = messageReader({
    references,
    schemas,
    isVersion2: version.startsWith("2."),
    defaultType: text(document["defaultContentType"]),
  });
  const { channels, operations } = version.startsWith("2.") ? readVersion2(references, messages) : readVersion3(references, messages);
  readComponentMessages(references, messages.read);
  const info = recordOf(references.child(references.root, "info"), "info");
  return {
    dialect: `AsyncAPI ${version}`,
    title: text(info["title"]) ?? "",
    version: text(info["version"]) ?? "",
    description: text(info["description"]),
    servers: serversOf(references),
    channels,
    operations,
    messages: messages.all(),
    schemas: schemas.all() satisfies Readonly<Record<string, ApiSchema>>,
  };
}

function versionOf({ asyncapi }: Readonly<Record<string, unknown>>): string {
  // YAML reads 3.0 without quotes as a number.
  const version = typeof asyncapi === "number" ? asyncapi.toFixed(1) : asyncapi;
  if (typeof version === "string" && /^[23]\.\d+(\.\d+)?(-.*)?$/.test(version)) return version;
  throw unreadable(`it is AsyncAPI ${typeof version === "string" ? version : describeValue(version)}; expected 2 or 3`);
}

/** Messages that no channel has are part of what a description offers, too. */
function readComponentMessages(references: References, read: (part: Part, name: string) => string): void {
  const messages = references.child(references.child(references.root, "components"), "messages");
  for (const [name, part] of entriesOf(references, messages)) read(part, name);
}

function serversOf(references: References): readonly AsyncServer[] {
  return entriesOf(references, references.child(references.root, "servers")).map(([name, part]) => {
    const server = recordOf(part, `servers.${name}`);
    const protocol = text(server["protocol"]);
    const host = text(server["host"]) ?? text(server["url"]);
    if (protocol === undefined) throw unreadable(`servers.${name} has no protocol`);
    if (host === undefined) throw unreadable(`servers.${name} does not say where it is`, "give it a host (in version 2: a url)");
    return {
      name,
      host: `${host.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "")}${text(server["pathname"]) ?? ""}`,
      protocol,
      description: text(server["description"]),
    };
  });
}
