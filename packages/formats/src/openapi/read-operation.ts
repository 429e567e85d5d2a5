import { describeValue, isRecord, type JsonSchema } from "@portolan/core";
import type {
  ApiBody,
  ApiContent,
  ApiExample,
  ApiHeader,
  ApiOperation,
  ApiParameter,
  ApiResponse,
  ParameterPlace,
} from "./api-document.ts";
import type { OperationContext } from "./operation-context.ts";
import { given, text, texts } from "./parts.ts";
import { serverUrls } from "./servers.ts";
import type { Part, References } from "./references.ts";
import { swaggerBody, swaggerParameterSchema, swaggerResponseContent } from "./swagger-2.ts";
import { unreadable } from "./unreadable.ts";

export interface OperationAt {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly item: Part;
  readonly part: Part;
}

const PLACES = new Set<unknown>(["path", "query", "header", "cookie", "querystring"]);

/** What HTTP itself says with a header (OpenAPI: such parameters are ignored). */
const OWN_HEADERS = new Set(["accept", "content-type", "authorization"]);

export function operationReader(context: OperationContext): (at: OperationAt) => ApiOperation {
  const { references, isSwagger, document } = context;
  return ({ id, method, path, item, part }) => {
    const where = `${method} ${path}`;
    const operation = part.value;
    if (!isRecord(operation)) throw unreadable(`${where}: expected a map, found ${describeValue(operation)}`);
    const parts = parameterParts(references, [item, part], where);
    const own = { ...context, operation };
    return {
      id,
      method,
      path,
      summary: text(operation["summary"]),
      description: text(operation["description"]),
      tags: texts(operation["tags"]),
      deprecated: operation["deprecated"] === true,
      ...given("servers", isSwagger ? undefined : (serversOf(operation["servers"]) ?? serversOf(recordOf(item)["servers"]))),
      parameters: withPathParameters(
        parts.flatMap((parameter) => parameterOf(parameter, context) ?? []),
        path,
      ),
      body: isSwagger ? swaggerBody(parts, own) : bodyOf(references.child(part, "requestBody"), context),
      responses: responsesOf(references.child(part, "responses"), { ...own, where }),
      security: securityOf(operation["security"] ?? document["security"]),
    };
  };
}

function serversOf(servers: unknown): readonly string[] | undefined {
  const urls = serverUrls(servers);
  return urls.length === 0 ? undefined : urls;
}

/** An operation's own parameters go before those of its path with the same name and place. */
function parameterParts(references: References, holders: readonly Part[], where: string): readonly Part[] {
  const all = new Map<string, Part>();
  for (const holder of holders) {
    const list = references.child(holder, "parameters");
    if (list.value === undefined || list.value === null) continue;
    if (!Array.isArray(list.value)) throw unreadable(`${where}: parameters: expected a list, found ${describeValue(list.value)}`);
    for (const index of list.value.keys()) {
      const part = references.child(list, index);
      if (!isRecord(part.value) || text(part.value["name"]) === undefined || typeof part.value["in"] !== "string")
        throw unreadable(`${where}: parameters.${index}: expected a map with name and in, found ${describeValue(part.value)}`);
      all.set(`${part.value["in"]} ${String(part.value["name"])}`, part);
    }
  }
  return [...all.values()];
}

/** What stands in the path without being described is a text. */
function withPathParameters(parameters: readonly ApiParameter[], path: string): readonly ApiParameter[] {
  const known = new Set(parameters.filter((one) => one.in === "path").map(({ name }) => name));
  const others = [...path.matchAll(/\{([\w.-]+)\}/g)].flatMap(([, name = ""]) => (known.has(name) ? [] : [name]));
  return [
    ...parameters,
    ...[...new Set(others)].map((name): ApiParameter => ({ name, in: "path", required: true, schema: { type: "string" } })),
  ];
}

function parameterOf(part: Part, { references, schemas, isSwagger }: OperationContext): ApiParameter | undefined {
  const value = recordOf(part);
  const name = text(value["name"]) ?? "";
  const place = value["in"];
  if (!isPlace(place) || (place === "header" && OWN_HEADERS.has(name.toLowerCase()))) return undefined;
  const [mediaType] = contentTypesOf(value["content"]);
  const schemaPart = schemaAt(mediaType === undefined ? part : references.child(references.child(part, "content"), mediaType), "schema");
  const example = firstExample(part, references);
  return {
    name,
    in: place,
    required: place === "path" || value["required"] === true,
    ...given("description", text(value["description"])),
    schema: schemas.read(isSwagger ? swaggerParameterSchema(part) : schemaPart),
    ...given("separator", isSwagger ? separatorOfCollection(value) : separatorOf(value, place, references.child(part, "schema").value)),
    ...(isSwagger ? {} : styleOf(value)),
    ...given("mediaType", mediaType),
    ...given("example", example),
  };
}

function styleOf({ style, explode, allowReserved }: JsonSchema): Pick<ApiParameter, "style" | "explode" | "allowReserved"> {
  return {
    ...given("style", text(style)),
    ...given("explode", typeof explode === "boolean" ? explode : undefined),
    ...given("allowReserved", allowReserved === true ? true : undefined),
  };
}

function isPlace(place: unknown): place is ParameterPlace {
  return PLACES.has(place);
}

const COLLECTIONS: Readonly<Record<string, ApiParameter["separator"]>> = { csv: ",", ssv: " ", pipes: "|", tsv: "\t" };

function separatorOfCollection({ type, collectionFormat: format }: JsonSchema): ApiParameter["separator"] {
  return type !== "array" || format === "multi" ? undefined : (COLLECTIONS[String(format)] ?? ",");
}

/** Only a list is parted: `schema` is that which the parameter's leads to. */
function separatorOf({ style, explode }: JsonSchema, place: ParameterPlace, schema: unknown): ApiParameter["separator"] {
  const types = isRecord(schema) ? [schema["type"]].flat() : [];
  if (!types.includes("array")) return undefined;
  if (style === "spaceDelimited") return " ";
  if (style === "pipeDelimited") return "|";
  const isForm = (style ?? (place === "query" || place === "cookie" ? "form" : "simple")) === "form";
  return isForm && explode !== false ? undefined : ",";
}

function bodyOf(part: Part, context: OperationContext): ApiBody | undefined {
  if (!isRecord(part.value)) return undefined;
  return {
    required: part.value["required"] === true,
    ...given("description", text(part.value["description"])),
    content: contentOf(context.references.child(part, "content"), context),
  };
}

function contentOf(part: Part, context: OperationContext): readonly ApiContent[] {
  const { references, schemas } = context;
  return contentTypesOf(part.value).map((mediaType) => {
    const one = references.child(part, mediaType);
    const schema = references.child(one, "schema");
    const item = references.child(one, "itemSchema");
    const read =
      schema.value !== undefined
        ? schemas.read(schemaAt(one, "schema"))
        : item.value === undefined
          ? undefined
          : { type: "array", items: schemas.read(schemaAt(one, "itemSchema")) };
    return {
      mediaType,
      ...given("schema", read),
      examples: examplesOf(one, references),
      ...given("encoding", encodingOf(references.child(one, "encoding"), context)),
    };
  });
}

function encodingOf(part: Part, context: OperationContext): ApiContent["encoding"] {
  if (!isRecord(part.value)) return undefined;
  const entries = Object.keys(part.value).map((name) => {
    const one = context.references.child(part, name);
    const headers = headersOf(context.references.child(one, "headers"), context);
    const { contentType } = recordOf(one);
    return [
      name,
      { ...given("contentType", text(contentType)), ...styleOf(recordOf(one)), ...(headers.length === 0 ? {} : { headers }) },
    ] as const;
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The schema as it stands, so that its name is kept where it is a reference. */
function schemaAt(part: Part, key: string): Part {
  return { ...part, value: recordOf(part)[key], pointer: `${part.pointer}/${key}` };
}

function contentTypesOf(content: unknown): readonly string[] {
  return isRecord(content) ? Object.keys(content) : [];
}

function examplesOf(part: Part, references: References): readonly ApiExample[] {
  const value = recordOf(part);
  const named = references.child(part, "examples");
  const listed = isRecord(named.value)
    ? Object.keys(named.value).flatMap((name): readonly ApiExample[] => {
        const one = references.child(named, name).value;
        if (isRecord(one) && "value" in one) return [{ name, value: one["value"] }];
        return isRecord(one) && "dataValue" in one ? [{ name, value: one["dataValue"] }] : [];
      })
    : [];
  return "example" in value ? [{ value: value["example"] }, ...listed] : listed;
}

function firstExample(part: Part, references: References): unknown {
  return examplesOf(part, references)[0]?.value ?? recordOf(part)["x-example"];
}

interface ResponsesContext extends OperationContext {
  readonly operation: JsonSchema;
  readonly where: string;
}

function responsesOf(part: Part, context: ResponsesContext): readonly ApiResponse[] {
  if (part.value === undefined || part.value === null) return [];
  if (!isRecord(part.value)) throw unreadable(`${context.where}: responses: expected a map, found ${describeValue(part.value)}`);
  return Object.keys(part.value)
    .filter((status) => !status.startsWith("x-"))
    .map((status) => {
      if (!/^([1-5](\d\d|XX)|default)$/i.test(status))
        throw unreadable(`${context.where}: responses.${status}: expected a status such as 200, 4XX or default`);
      const response = context.references.child(part, status);
      const value = recordOf(response);
      return {
        status: status.toLowerCase() === "default" ? "default" : status.toUpperCase(),
        description: text(value["description"]) ?? "",
        content: context.isSwagger
          ? swaggerResponseContent(response, context)
          : contentOf(context.references.child(response, "content"), context),
        headers: headersOf(context.references.child(response, "headers"), context),
      };
    });
}

function headersOf(part: Part, { references, schemas, isSwagger }: OperationContext): readonly ApiHeader[] {
  if (!isRecord(part.value)) return [];
  return Object.keys(part.value)
    .filter((name) => name.toLowerCase() !== "content-type")
    .map((name) => {
      const header = references.child(part, name);
      const value = recordOf(header);
      return {
        name,
        required: value["required"] === true,
        ...given("description", text(value["description"])),
        schema: schemas.read(isSwagger ? swaggerParameterSchema(header) : schemaAt(header, "schema")),
      };
    });
}

function securityOf(security: unknown): ApiOperation["security"] {
  if (!Array.isArray(security)) return [];
  return security.filter(isRecord).map((one) => Object.fromEntries(Object.entries(one).map(([name, scopes]) => [name, texts(scopes)])));
}

function recordOf({ value }: Part): JsonSchema {
  return isRecord(value) ? value : {};
}
