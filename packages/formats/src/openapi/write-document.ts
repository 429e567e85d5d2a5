import { isRecord, type JsonSchema } from "@portolan/core";
import {
  definitionName,
  type ApiBody,
  type ApiContent,
  type ApiDocument,
  type ApiExample,
  type ApiHeader,
  type ApiOperation,
  type ApiParameter,
  type ApiResponse,
} from "./api-document.ts";
import { given } from "./parts.ts";
import { writtenServers } from "./servers.ts";

export type OpenApiVersion = "3.1" | "3.2";

/**
 * A description as a document of OpenAPI; read again it says the same. Version 3.1 unless another is asked for, or an operation
 * needs what only 3.2 has a word for: the method QUERY and methods of one's own, and parameters that are the whole query.
 */
export function writeApiDocument(api: ApiDocument, version: OpenApiVersion = versionFor(api)): JsonSchema {
  const paths = new Map<string, Record<string, unknown>>();
  for (const operation of api.operations) {
    const item = paths.get(operation.path) ?? {};
    const method = operation.method.toLowerCase();
    if (METHODS.has(method) || method === "query") item[method] = operationOf(operation, api);
    else item["additionalOperations"] = { ...record(item["additionalOperations"]), [operation.method]: operationOf(operation, api) };
    paths.set(operation.path, item);
  }
  const schemas = Object.fromEntries(Object.entries(api.schemas).map(([name, schema]) => [name, referring(schema)]));
  const components = {
    ...(Object.keys(schemas).length === 0 ? {} : { schemas }),
    ...(Object.keys(api.securitySchemes).length === 0 ? {} : { securitySchemes: api.securitySchemes }),
  };
  return {
    openapi: version === "3.2" ? "3.2.0" : "3.1.1",
    info: { title: api.title, version: api.version, ...given("description", api.description) },
    ...(api.servers.length === 0 ? {} : { servers: writtenServers(api.servers, api.serverVariables) }),
    ...(api.tags.length === 0 ? {} : { tags: api.tags }),
    paths: Object.fromEntries(paths),
    ...(Object.keys(components).length === 0 ? {} : { components }),
  };
}

/** Those that are words of OpenAPI 3.1. */
const METHODS = new Set(["get", "put", "post", "delete", "options", "head", "patch", "trace"]);

function versionFor({ operations }: ApiDocument): OpenApiVersion {
  const isNew = ({ method, parameters }: ApiOperation): boolean =>
    !METHODS.has(method.toLowerCase()) || parameters.some((parameter) => parameter.in === "querystring");
  return operations.some(isNew) ? "3.2" : "3.1";
}

function record(value: unknown): JsonSchema {
  return isRecord(value) ? value : {};
}

function operationOf({ id, method, path, ...operation }: ApiOperation, api: ApiDocument): JsonSchema {
  return {
    ...(id === `${method} ${path}` ? {} : { operationId: id }),
    ...given("summary", operation.summary),
    ...given("description", operation.description),
    ...(operation.tags.length === 0 ? {} : { tags: operation.tags }),
    ...(operation.deprecated ? { deprecated: true } : {}),
    ...given("servers", operation.servers === undefined ? undefined : writtenServers(operation.servers, api.serverVariables)),
    ...(operation.parameters.length === 0 ? {} : { parameters: operation.parameters.map(parameterOf) }),
    ...given("requestBody", operation.body === undefined ? undefined : bodyOf(operation.body)),
    responses: Object.fromEntries(operation.responses.map((response) => [response.status, responseOf(response)])),
    ...(operation.security.length === 0 ? {} : { security: operation.security }),
  };
}

const STYLES = { ",": undefined, " ": "spaceDelimited", "|": "pipeDelimited", "\t": undefined } as const;

function parameterOf({ separator, schema, example, mediaType, ...parameter }: ApiParameter): JsonSchema {
  const { name, in: place, required, description, ...style } = parameter;
  return {
    name,
    in: place,
    ...(required ? { required } : {}),
    ...given("description", description),
    ...(separator === undefined
      ? {}
      : { ...given("style", STYLES[separator]), ...(place === "query" || place === "cookie" ? { explode: false } : {}) }),
    ...style,
    ...(mediaType === undefined ? { schema: referring(schema) } : { content: { [mediaType]: { schema: referring(schema) } } }),
    ...(example === undefined ? {} : { example }),
  };
}

function bodyOf({ required, description, content }: ApiBody): JsonSchema {
  return { ...(required ? { required } : {}), ...given("description", description), content: contentOf(content) };
}

function responseOf({ description, content, headers }: ApiResponse): JsonSchema {
  return {
    description,
    ...(headers.length === 0 ? {} : { headers: headersOf(headers) }),
    ...(content.length === 0 ? {} : { content: contentOf(content) }),
  };
}

function headersOf(headers: readonly ApiHeader[]): JsonSchema {
  const named = headers.map(({ name, schema, required, ...header }) => [
    name,
    { ...(required ? { required } : {}), ...given("description", header.description), schema: referring(schema) },
  ]);
  return Object.fromEntries(named);
}

function contentOf(content: readonly ApiContent[]): JsonSchema {
  return Object.fromEntries(
    content.map(({ mediaType, schema, examples, encoding }) => [
      mediaType,
      {
        ...(schema === undefined ? {} : { schema: referring(schema) }),
        ...examplesOf(examples),
        ...given("encoding", encoding === undefined ? undefined : encodingOf(encoding)),
      },
    ]),
  );
}

function encodingOf(encoding: NonNullable<ApiContent["encoding"]>): JsonSchema {
  return Object.fromEntries(
    Object.entries(encoding).map(([name, { headers, ...one }]) => [
      name,
      { ...one, ...(headers === undefined ? {} : { headers: headersOf(headers) }) },
    ]),
  );
}

function examplesOf(examples: readonly ApiExample[]): JsonSchema {
  const own = examples.find(({ name }) => name === undefined);
  const named = examples.flatMap(({ name, value }) => (name === undefined ? [] : [[name, { value }] as const]));
  return { ...(own === undefined ? {} : { example: own.value }), ...(named.length === 0 ? {} : { examples: Object.fromEntries(named) }) };
}

/** References to `#/$defs` as a document of OpenAPI has them. */
export function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      key === "$ref" && definitionName(inner) !== undefined
        ? [key, String(inner).replace("#/$defs/", "#/components/schemas/")]
        : [key, referring(inner)],
    ),
  );
}
