import { isRecord, type JsonSchema } from "@portolan/core";
import type { ApiBody, ApiContent, ApiEncoding } from "./api-document.ts";
import { given, text, texts } from "./parts.ts";
import type { Part } from "./references.ts";
import type { OperationContext } from "./operation-context.ts";

interface SwaggerContext extends OperationContext {
  readonly operation: JsonSchema;
}

/** What stands beside the schema in a parameter of 2.0, where both are one map. */
const BESIDE_SCHEMA = new Set(["name", "in", "required", "description", "collectionFormat", "allowEmptyValue"]);

/** The schema of a parameter or header that is no body. */
export function swaggerParameterSchema(part: Part): Part {
  if (!isRecord(part.value)) return part;
  const schema = Object.fromEntries(Object.entries(part.value).filter(([key]) => !BESIDE_SCHEMA.has(key) && !key.startsWith("x-")));
  return { ...part, value: schema };
}

/** The parameters `in: body` and `in: formData` as one body. */
export function swaggerBody(parameters: readonly Part[], { operation, document, schemas }: SwaggerContext): ApiBody | undefined {
  const consumes = mediaTypes(operation["consumes"] ?? document["consumes"]);
  const body = parameters.find(({ value }) => isRecord(value) && value["in"] === "body");
  if (body !== undefined && isRecord(body.value)) {
    const schema = schemas.read({ ...body, value: body.value["schema"] });
    return {
      required: body.value["required"] === true,
      ...given("description", text(body.value["description"])),
      content: consumes.map((mediaType) => ({ mediaType, schema, examples: [] })),
    };
  }
  const fields = parameters.filter(({ value }) => isRecord(value) && value["in"] === "formData");
  if (fields.length === 0) return undefined;
  const properties = fields.map((part) => [nameOf(part), schemas.read(swaggerParameterSchema(part))] as const);
  const required = fields.filter(({ value }) => isRecord(value) && value["required"] === true).map(nameOf);
  const schema = { type: "object", properties: Object.fromEntries(properties), ...(required.length === 0 ? {} : { required }) };
  const hasFile = fields.some(({ value }) => isRecord(value) && value["type"] === "file");
  const forms = consumes.filter((mediaType) => /^(multipart\/form-data|application\/x-www-form-urlencoded)$/i.test(mediaType));
  const types = forms.length > 0 ? forms : [hasFile ? "multipart/form-data" : "application/x-www-form-urlencoded"];
  const encoding = Object.fromEntries(fields.flatMap((part) => encodingOf(part)));
  return {
    required: required.length > 0,
    content: types.map((mediaType) => ({ mediaType, schema, examples: [], ...(Object.keys(encoding).length === 0 ? {} : { encoding }) })),
  };
}

const STYLES: Readonly<Record<string, string>> = { ssv: "spaceDelimited", pipes: "pipeDelimited" };

/** How a list in a form is written; one whose items have the name each is what OpenAPI 3 takes for granted. */
function encodingOf(part: Part): readonly (readonly [string, ApiEncoding])[] {
  const { type, collectionFormat: format } = isRecord(part.value) ? part.value : {};
  if (type !== "array" || format === "multi") return [];
  return [[nameOf(part), { style: STYLES[String(format)] ?? "form", explode: false }]];
}

export function swaggerResponseContent(part: Part, { operation, document, schemas }: SwaggerContext): readonly ApiContent[] {
  const value = isRecord(part.value) ? part.value : {};
  const examples = isRecord(value["examples"]) ? value["examples"] : {};
  if (value["schema"] === undefined) return [];
  const schema = schemas.read({ ...part, value: value["schema"] });
  return mediaTypes(operation["produces"] ?? document["produces"]).map((mediaType) => ({
    mediaType,
    schema,
    examples: Object.hasOwn(examples, mediaType) ? [{ value: examples[mediaType] }] : [],
  }));
}

function mediaTypes(list: unknown): readonly string[] {
  const all = texts(list);
  return all.length === 0 ? ["application/json"] : all;
}

function nameOf({ value }: Part): string {
  return (isRecord(value) ? text(value["name"]) : undefined) ?? "";
}
