import type { ApiBody, ApiContent, ApiDocument, ApiOperation, ApiParameter } from "../openapi/index.ts";
import { commentOf } from "./comment.ts";
import { createNamedTypes, type NamedTypes } from "./named-types.ts";
import { schemaType, type Direction } from "./schema-type.ts";
import { propertyKey } from "./type-names.ts";
import { atom, union, type TypeText } from "./type-text.ts";

const PLACES = { path: "path", query: "query", header: "headers", cookie: "cookies" } as const;

/**
 * The types of a document's operations, as the text of a TypeScript module: `Operations`, by their ids, and the named schemas. Always the
 * same text for the same document. It imports nothing.
 */
export function typescriptOfApi(api: ApiDocument): string {
  const types = createNamedTypes(api.schemas);
  const operations = api.operations.map((operation) => operationText(operation, types));
  const name = [api.title, api.version].filter((text) => text !== "").join(" ");
  const head = [
    "// Made by `portolan describe --typescript`. Do not edit.",
    ...commentOf({ description: name === "" ? "" : `The operations of ${name}.` }, ""),
  ];
  const all = `${head.join("\n")}\nexport interface Operations {\n${operations.join("\n")}\n}`;
  return `${[all, ...types.declarations()].join("\n\n")}\n`;
}

function operationText({ id, parameters, body, responses, ...operation }: ApiOperation, types: NamedTypes): string {
  const indent = "    ";
  const lines = Object.entries(PLACES).flatMap(([place, key]) => {
    const own = parameters.filter((one) => one.in === place);
    return own.length === 0 ? [] : [`${indent}readonly ${key}: ${parametersText(own, types, indent)};`];
  });
  if (body !== undefined && body.content.length > 0)
    lines.push(`${indent}readonly body${body.required ? "" : "?"}: ${bodyType(body, types, indent).text};`);
  lines.push(`${indent}readonly reply: ${replyType(responses, types, indent).text};`);
  return [...commentOf(operation, "  "), `  readonly ${propertyKey(id)}: {`, ...lines, "  };"].join("\n");
}

function parametersText(parameters: readonly ApiParameter[], types: NamedTypes, indent: string): string {
  const inner = `${indent}  `;
  const lines = parameters.flatMap(({ name, required, description, schema }) => [
    ...commentOf({ description }, inner),
    `${inner}readonly ${propertyKey(name)}${required ? "" : "?"}: ${schemaType(schema, { ...types.scope("request", inner), isDirect: false }).text};`,
  ]);
  return `{\n${lines.join("\n")}\n${indent}}`;
}

function bodyType({ content }: ApiBody, types: NamedTypes, indent: string): TypeText {
  const chosen = content.find(isData) ?? content[0];
  return chosen === undefined ? atom("null") : contentType(chosen, { types, indent, direction: "request" });
}

/** What a success may be: the data of the answers that have some, or else whatever the others are. */
function replyType(responses: ApiOperation["responses"], types: NamedTypes, indent: string): TypeText {
  const successes = responses.filter(({ status }) => status.startsWith("2"));
  const counted = successes.length > 0 ? successes : responses.filter(({ status }) => status === "default");
  if (counted.length === 0) return atom("unknown");
  return union(
    counted.flatMap(({ status, content }) => {
      if (content.length === 0 || status === "204" || status === "205") return [atom("null")];
      const data = content.filter(isData);
      return (data.length === 0 ? content : data).map((one) => contentType(one, { types, indent, direction: "reply" }));
    }),
  );
}

interface Writing {
  readonly types: NamedTypes;
  readonly indent: string;
  readonly direction: Direction;
}

/** Media types whose bodies look as their schemas say. */
function isData({ mediaType }: ApiContent): boolean {
  return /[/+](?:json|yaml|x-www-form-urlencoded)\b|^\*\/\*/i.test(mediaType);
}

function contentType(content: ApiContent, { types, indent, direction }: Writing): TypeText {
  if (isData(content)) return schemaType(content.schema ?? true, { ...types.scope(direction, indent), isDirect: false });
  if (/^text\/(?!csv|xml|tab-separated-values)/i.test(content.mediaType)) return atom("string");
  // Other formats have shapes of their own, and what has no format is bytes.
  return atom(/[/+-](?:xml|csv|x?ndjson|tab-separated-values)\b|multipart|\*/i.test(content.mediaType) ? "unknown" : "Uint8Array");
}
