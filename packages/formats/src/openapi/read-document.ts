import { describeValue, isRecord } from "@portolan/core";
import type { ApiDocument, ApiOperation, ApiTag } from "./api-document.ts";
import { createNamedSchemas } from "./named-schemas.ts";
import { operationReader } from "./read-operation.ts";
import { createReferences, type LoadFile, type Part, type References } from "./references.ts";
import { text, texts } from "./parts.ts";
import { serverUrls, serverVariables } from "./servers.ts";
import { unreadable } from "./unreadable.ts";

export interface ReadOptions {
  /** The name of the document, where relative references start. Default: none, such as of a text from elsewhere. */
  readonly file?: string;
  /** Reads the files that it refers to; without it such references are refused. */
  readonly load?: LoadFile;
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

/** Whether data are a description of Swagger or OpenAPI, of whatever version. */
export function isApiDescription(value: unknown): boolean {
  return isRecord(value) && ("openapi" in value || "swagger" in value);
}

/**
 * Reads Swagger 2.0, OpenAPI 3.0, 3.1 and 3.2. What is wrong with a description so that it cannot be relied on throws
 * PORTOLAN_FORMAT_INVALID with the place; keywords that are not known are let be.
 */
export function readApiDocument(document: unknown, { file = "", load }: ReadOptions = {}): ApiDocument {
  if (!isRecord(document)) throw unreadable(`expected a map, found ${describeValue(document)}`);
  const dialect = dialectOf(document);
  const references = createReferences(document, file, load);
  const isSwagger = dialect.startsWith("Swagger");
  const schemas = createNamedSchemas(references, isSwagger || dialect.startsWith("OpenAPI 3.0") ? "old" : "json");
  const readOperation = operationReader({ references, schemas, isSwagger, document });
  const operations: ApiOperation[] = [];
  const ids = new Set<string>();
  for (const { path, method, item, part } of operationParts(references)) {
    const wanted = isRecord(part.value) ? text(part.value["operationId"]) : undefined;
    const id = wanted === undefined || ids.has(wanted) ? `${method} ${path}` : wanted;
    ids.add(id);
    operations.push(readOperation({ id, method, path, item, part }));
  }
  const info = isRecord(document["info"]) ? document["info"] : {};
  const security = isSwagger
    ? document["securityDefinitions"]
    : isRecord(document["components"])
      ? document["components"]["securitySchemes"]
      : undefined;
  return {
    dialect,
    title: text(info["title"]) ?? "",
    version: text(info["version"]) ?? "",
    description: text(info["description"]),
    servers: isSwagger ? swaggerServers(document) : serverUrls(document["servers"]),
    serverVariables: isSwagger ? {} : serverVariables(document["servers"]),
    tags: tagsOf(document["tags"]),
    operations,
    schemas: schemas.all(),
    securitySchemes: isRecord(security)
      ? Object.fromEntries(Object.entries(security).map(([name, scheme]) => [name, isSwagger ? upgradedScheme(scheme) : scheme]))
      : {},
  };
}

function dialectOf(document: Readonly<Record<string, unknown>>): string {
  const { swagger, openapi } = document;
  // YAML reads 2.0 without quotes as a number.
  if (swagger !== undefined) {
    if (String(swagger) === "2.0" || swagger === 2) return "Swagger 2.0";
    throw unreadable(`it is Swagger ${String(swagger)}; expected 2.0, or OpenAPI 3`);
  }
  if (openapi === undefined) throw unreadable("it says neither openapi nor swagger", 'it begins with a version, such as openapi: "3.1.0"');
  if (/^3\.[012](\.|$)/.test(String(openapi))) return `OpenAPI ${String(openapi)}`;
  throw unreadable(`it is OpenAPI ${String(openapi)}; expected 3.0, 3.1 or 3.2`);
}

interface OperationPart {
  readonly path: string;
  readonly method: string;
  readonly item: Part;
  readonly part: Part;
}

function* operationParts(references: References): Generator<OperationPart> {
  const paths = references.child(references.root, "paths");
  if (paths.value === undefined || paths.value === null) return;
  if (!isRecord(paths.value)) throw unreadable(`paths: expected a map, found ${describeValue(paths.value)}`);
  for (const path of Object.keys(paths.value)) {
    if (path.startsWith("x-")) continue;
    if (!path.startsWith("/")) throw unreadable(`paths: ${JSON.stringify(path)} does not begin with a slash`);
    const item = references.child(paths, path);
    if (!isRecord(item.value)) throw unreadable(`paths.${path}: expected a map, found ${describeValue(item.value)}`);
    for (const key of METHODS)
      if (item.value[key] !== undefined) yield { path, method: key.toUpperCase(), item, part: references.child(item, key) };
    const more = references.child(item, "additionalOperations");
    if (isRecord(more.value))
      for (const method of Object.keys(more.value)) yield { path, method, item, part: references.child(more, method) };
  }
}

function tagsOf(tags: unknown): readonly ApiTag[] {
  if (!Array.isArray(tags)) return [];
  return tags.filter(isRecord).flatMap((tag) => {
    const name = text(tag["name"]);
    const description = text(tag["description"]);
    return name === undefined ? [] : [{ name, ...(description === undefined ? {} : { description }) }];
  });
}

function swaggerServers({ host, basePath, schemes }: Readonly<Record<string, unknown>>): readonly string[] {
  const base = text(basePath) ?? "";
  const name = text(host);
  if (name === undefined) return base === "" || base === "/" ? [] : [base];
  const all = texts(schemes);
  return (all.length === 0 ? ["https"] : all).map((scheme) => `${scheme}://${name}${base === "/" ? "" : base}`);
}

const FLOWS: Readonly<Record<string, string>> = { accessCode: "authorizationCode", application: "clientCredentials" };

/** A security scheme of 2.0 as 3.x says it. */
function upgradedScheme(scheme: unknown): unknown {
  if (!isRecord(scheme)) return scheme;
  const { type, flow, authorizationUrl, tokenUrl, scopes, ...rest } = scheme;
  if (type === "basic") return { ...rest, type: "http", scheme: "basic" };
  if (type !== "oauth2") return scheme;
  const name = FLOWS[String(flow)] ?? String(flow);
  const urls = { ...(authorizationUrl === undefined ? {} : { authorizationUrl }), ...(tokenUrl === undefined ? {} : { tokenUrl }) };
  return { ...rest, type, flows: { [name]: { ...urls, scopes: scopes ?? {} } } };
}
