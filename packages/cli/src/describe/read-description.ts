import { join, parse, resolve } from "node:path";
import { isRecord, PortolanError } from "@portolan/core";
import type { Formats } from "@portolan/formats";
import type { Description } from "./description.ts";
import { typesOfSchema } from "./schema-types.ts";

/** A document that may be described: what it is called, its bytes, and how it and those beside it are read. */
export interface DescribedDocument {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly formats: Formats;
  readonly directory: string;
}

/** The name of a document, and what reads those beside it. */
export interface DescribedFiles {
  readonly file: string;
  readonly load: (file: string) => unknown;
}

/** Formats whose data are the JSON Schema of what a document describes. */
const SCHEMA_FORMATS: Readonly<Record<string, string>> = { "avro-schema": "Avro schema", xsd: "XML Schema" };

/** What a document offers. Throws PORTOLAN_FORMAT_INVALID or PORTOLAN_USAGE with the reason if it cannot be told. */
export async function readDescription(document: DescribedDocument): Promise<Description> {
  const { file, bytes, formats } = document;
  if (isWsdl(file, bytes)) return await (await import("./wsdl-description.ts")).describeWsdl(document);
  const format = formats.formatOfFile(file) ?? formats.format("json");
  if (format === undefined) throw notKnown(file);
  if (format.name === "proto") return (await import("./proto-description.ts")).describeProto(document);
  const data = format.decode(bytes);
  if (/\.(?:graphqls?|gql)$/i.test(file)) return await describeGraphqlDocument(data, file);
  const schemaKind = SCHEMA_FORMATS[format.name];
  if (schemaKind !== undefined)
    return { kind: schemaKind, operations: [], types: typesOfSchema(schemaOf(data), titleOf(data) ?? "document") };
  const { isApiDescription } = await import("@portolan/formats/openapi");
  if (isApiDescription(data)) {
    const { describeApi } = await import("./api-description.ts");
    return describeApi(data, filesFrom(document));
  }
  const { isAsyncDescription } = await import("@portolan/formats/asyncapi");
  if (isAsyncDescription(data)) {
    const { describeAsync } = await import("./async-description.ts");
    return describeAsync(data, filesFrom(document));
  }
  const { isIntrospection } = await import("@portolan/connectors/graphql");
  if (isIntrospection(data)) return await describeGraphqlDocument(data, file);
  if (isJsonSchema(data)) return await describeSchema(data, document);
  throw notKnown(file);
}

async function describeGraphqlDocument(data: unknown, file: string): Promise<Description> {
  return (await import("./graphql-description.ts")).describeGraphqlSchema(data, file);
}

/** The types of the operations of an API description, as a TypeScript module. */
export async function typesOfDescription(document: DescribedDocument): Promise<string> {
  const { file, bytes, formats } = document;
  const data = (formats.formatOfFile(file) ?? formats.format("json"))?.decode(bytes);
  const { isApiDescription, readApiDocument } = await import("@portolan/formats/openapi");
  if (!isApiDescription(data))
    throw new PortolanError("PORTOLAN_USAGE", `${file} is no API description: --typescript writes the types of operations`, {
      hint: "there are OpenAPI 2.0, 3.0, 3.1 and 3.2",
    });
  const { typescriptOfApi } = await import("@portolan/formats/typescript");
  return typescriptOfApi(readApiDocument(data, filesFrom(document)));
}

interface FilesOf extends Pick<DescribedDocument, "file" | "directory"> {
  readonly formats: Pick<Formats, "readFile">;
}

/** How a description finds the files that it refers to, those above its own folder, too: names are paths of URLs below the root. */
export function filesFrom({ file, directory, formats }: FilesOf): DescribedFiles {
  const path = resolve(directory, file);
  const { root } = parse(path);
  return {
    file: encodeURI(path.slice(root.length).replaceAll("\\", "/")),
    load: (name) => formats.readFile(join(root, decodeURIComponent(name))),
  };
}

/** By its name, or as XML that is no XML Schema. */
function isWsdl(file: string, bytes: Uint8Array): boolean {
  if (/\.wsdl$/i.test(file)) return true;
  return !/\.xsd$/i.test(file) && /^[\s\uFEFF\u0000\uFFFD]*</.test(Buffer.from(bytes.subarray(0, 100)).toString());
}

const KEYWORDS = ["$schema", "$defs", "definitions", "properties", "type", "$ref", "enum", "const", "allOf", "anyOf", "oneOf", "items"];

function isJsonSchema(data: unknown): data is Readonly<Record<string, unknown>> {
  return isRecord(data) && KEYWORDS.some((keyword) => Object.hasOwn(data, keyword));
}

/** Compiled, so that a schema which is not valid is told from one that is. */
async function describeSchema(data: Readonly<Record<string, unknown>>, { directory, file }: DescribedDocument): Promise<Description> {
  const { createContracts } = await import("@portolan/formats");
  createContracts({ directory }).compile(/\.json$/i.test(file) ? { path: file } : { jsonSchema: data });
  const title = titleOf(data);
  return {
    kind: "JSON Schema",
    ...(title === undefined ? {} : { title }),
    operations: [],
    types: typesOfSchema(data, title ?? "document"),
  };
}

function titleOf(data: unknown): string | undefined {
  return isRecord(data) && typeof data["title"] === "string" ? data["title"] : undefined;
}

function schemaOf(data: unknown): Readonly<Record<string, unknown>> | boolean {
  return isRecord(data) ? data : true;
}

function notKnown(file: string): PortolanError {
  return new PortolanError("PORTOLAN_FORMAT_INVALID", `${file} is no description that is known`, {
    hint: "there are OpenAPI (2.0, 3.0, 3.1, 3.2), AsyncAPI (2, 3), JSON Schema, Avro (.avsc), Protobuf (.proto), XML Schema (.xsd), WSDL 1.1 (.wsdl) and GraphQL (.graphql, or what introspection answers)",
  });
}
