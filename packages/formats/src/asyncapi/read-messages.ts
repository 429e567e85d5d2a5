import { isRecord } from "@portolan/core";
import { readAvroSchema } from "../avro/schema.ts";
import { jsonSchemaOfAvro } from "../avro-schema/to-json-schema.ts";
import type { ApiSchema } from "../openapi/api-document.ts";
import type { NamedSchemas } from "../openapi/named-schemas.ts";
import { text } from "../openapi/parts.ts";
import type { Part, References } from "../openapi/references.ts";
import { unreadable } from "../openapi/unreadable.ts";
import type { AsyncMessage } from "./async-document.ts";
import { identityOf, itemsOf, rawChild, recordOf, traitReader } from "./parts.ts";

/** Reads messages once, whoever refers to them. */
export interface MessageReader {
  /** The name of a message; `wanted` is what it is called if it has no name of its own. */
  read(part: Part, wanted: string): string;
  all(): Readonly<Record<string, AsyncMessage>>;
}

interface MessageContext {
  readonly references: References;
  readonly schemas: NamedSchemas;
  readonly isVersion2: boolean;
  readonly defaultType: string | undefined;
}

export function messageReader({ references, schemas, isVersion2, defaultType }: MessageContext): MessageReader {
  const names = new Map<string, string>();
  const messages = new Map<string, AsyncMessage>();

  function messageOf(part: Part, name: string): AsyncMessage {
    recordOf(part, `the message ${name}`);
    const trait = traitReader(references, part, isVersion2 ? 2 : 3);
    const headers = trait.raw("headers");
    const says = (key: string) => text(trait.read(key).value);
    return {
      title: says("title"),
      description: says("description") ?? says("summary"),
      contentType: says("contentType") ?? defaultType,
      payload: payloadOf(trait.raw("payload"), says("schemaFormat")),
      headers: headers.value === undefined ? undefined : schemaOf(headers),
      examples: itemsOf(references, trait.read("examples"), `the examples of the message ${name}`).flatMap(({ value }) =>
        isRecord(value) && value["payload"] !== undefined ? [value["payload"]] : [],
      ),
    };
  }

  /** Version 3 says the format beside the schema, version 2 beside the payload. */
  function payloadOf(part: Part, format: string | undefined): ApiSchema {
    return format === undefined ? schemaOf(part) : formatted(part, format);
  }

  function schemaOf(part: Part): ApiSchema {
    const { value } = part;
    if (!isVersion2 && isRecord(value) && typeof value["schemaFormat"] === "string" && value["schema"] !== undefined)
      return formatted(rawChild(part, "schema"), value["schemaFormat"]);
    return schemas.read(part);
  }

  /** Schemas of languages that are not read stand for anything. */
  function formatted(part: Part, format: string): ApiSchema {
    // A file of that name has been read as the JSON Schema that it stands for.
    if (/avro/i.test(format) && !/\.avsc$/i.test(part.file)) return avroSchema(part);
    return /aai\.asyncapi|schema\+(json|yaml)|oai\.openapi|avro/i.test(format) ? schemas.read(part) : true;
  }

  return {
    read(part, wanted) {
      const identity = identityOf(part);
      const known = names.get(identity);
      if (known !== undefined) return known;
      const own = isRecord(part.value) && isVersion2 ? text(part.value["name"]) : undefined;
      const name = freeName(nameOf(part) ?? own ?? wanted, messages);
      names.set(identity, name);
      messages.set(name, messageOf(part, name));
      return name;
    },
    all: () => Object.fromEntries(messages),
  };
}

function avroSchema({ value, pointer }: Part): ApiSchema {
  try {
    return jsonSchemaOfAvro(readAvroSchema(value));
  } catch (cause) {
    throw unreadable(`${pointer.slice(1)} is no Avro schema: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** What a message that stands by itself is called there; those within channels have only a key. */
function nameOf({ pointer }: Part): string | undefined {
  const [first = "", ...rest] = pointer.slice(1).split("/");
  const name = rest.at(-1) ?? first;
  if (name === "" || first === "channels" || first === "operations") return undefined;
  return decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~");
}

function freeName(wanted: string, taken: ReadonlyMap<string, unknown>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count++) name = `${wanted}${count}`;
  return name;
}
