import { isRecord, type ConnectorServices } from "@portolan/core";
import type { ApiContent, ApiDocument, ApiSchema } from "@portolan/formats/openapi";
import { deepObject } from "./deep-object.ts";
import { isInRange, mediaTypeName } from "./media-types.ts";
import { valueOfDocument, styledParameter, valueOfText } from "./parameter-styles.ts";
import { coerceParameters, followed, typesOf, type Parameters } from "./parameters.ts";

/** What is wrong with a field that its schema cannot say. */
export interface FormFault {
  readonly path: string;
  readonly message: string;
}

export interface FormContract {
  /** The schema of the fields as they arrive: what may be a file is one, or a text. */
  readonly schema: ApiSchema;
  /** The fields as their schema wants them. */
  read(fields: Parameters): Parameters;
  faults(fields: Parameters): readonly FormFault[];
}

/** The contract of a form, of either media type, by the schema and the encoding of its fields. */
export function formContract(
  { schema = true, encoding = {} }: ApiContent,
  { schemas }: Pick<ApiDocument, "schemas">,
  services: ConnectorServices,
): FormContract {
  const root = { $defs: schemas };
  const own = isRecord(schema) ? followed(schema, root) : {};
  const properties = Object.entries(isRecord(own["properties"]) ? own["properties"] : {}).flatMap(([name, part]): readonly Field[] =>
    isRecord(part) ? [{ name, schema: part, ...encoding[name] }] : [],
  );
  const reads = properties.map((field) => [field.name, fieldReader(field, schemas, services)] as const);
  const withFiles = Object.fromEntries(properties.flatMap(({ name, schema: part }) => fileSchema(part, root).map((file) => [name, file])));
  const typed = properties.flatMap(({ name, contentType }) =>
    contentType === undefined ? [] : [{ name, ranges: contentType.split(",").map(mediaTypeName) }],
  );
  return {
    schema:
      Object.keys(withFiles).length === 0
        ? schema
        : { ...own, properties: { ...(isRecord(own["properties"]) ? own["properties"] : {}), ...withFiles } },
    read(fields) {
      const values: Record<string, unknown> = { ...fields };
      for (const [name, read] of reads) {
        const value = read(values);
        if (value !== undefined) values[name] = value;
      }
      return coerceParameters(values, isRecord(schema) ? { ...schema, $defs: schemas } : schema);
    },
    faults: (fields) => typed.flatMap(({ name, ranges }) => [fields[name]].flat().flatMap((part) => typeFault(name, part, ranges))),
  };
}

interface Field {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly contentType?: string | undefined;
  readonly style?: string | undefined;
  readonly explode?: boolean | undefined;
}

/** How one field is read of all; undefined leaves it as it is. May take away the names that it was written in. */
function fieldReader(
  { name, schema, style, explode }: Field,
  schemas: ApiDocument["schemas"],
  services: ConnectorServices,
): (values: Record<string, unknown>) => unknown {
  const parameter = {
    name,
    in: "query",
    required: false,
    schema,
    ...(style === undefined ? {} : { style }),
    ...(explode === undefined ? {} : { explode }),
  } as const;
  const styled = styledParameter(parameter, schemas);
  const types = typesOf(schema, { $defs: schemas });
  const isData = styled.shape === "map" || types.has("object") || hasMaps(schema, schemas);
  const mayHaveBrackets = isData || types.has("array");
  return (values) => {
    const value = values[name];
    if (value === undefined) return mayHaveBrackets ? bracketed(values, name) : undefined;
    if (isData) {
      const data = Array.isArray(value) ? value.map((one: unknown) => documentOf(one, name, services)) : documentOf(value, name, services);
      return isRecord(data) && types.has("array") && !types.has("object") ? [data] : data;
    }
    if (isPart(value) && styled.shape === "list") return [partText(value)];
    if (typeof value !== "string" || styled.shape !== "list" || styled.explode) return partText(value);
    return valueOfText(
      value,
      styled.style === "form"
        ? styled
        : { ...styled, parameter: { ...parameter, separator: styled.style === "pipeDelimited" ? "|" : " " } },
    );
  };
}

/** Whether it may be a list of maps; ways that lead to themselves are followed a few times only. */
function hasMaps(schema: Readonly<Record<string, unknown>>, schemas: ApiDocument["schemas"], depth = 0): boolean {
  const root = { $defs: schemas };
  const { items, anyOf, oneOf } = followed(schema, root);
  if (isRecord(items) && typesOf(items, root).has("object")) return true;
  return depth < 4 && [anyOf, oneOf].flat().some((way) => isRecord(way) && hasMaps(way, schemas, depth + 1));
}

/** `name[a]=1`, as `deepObject` writes it; many clients do that without being told. */
function bracketed(values: Record<string, unknown>, name: string): unknown {
  const pairs = Object.entries(values).flatMap(([key, value]) =>
    key.startsWith(`${name}[`) ? [value].flat().flatMap((one) => (typeof one === "string" ? [[key, one] as const] : [])) : [],
  );
  if (pairs.length === 0) return undefined;
  for (const [key] of pairs) delete values[key];
  const found = deepObject(name, pairs);
  const keys = Object.keys(found ?? {});
  return keys.every((key, index) => key === String(index) || key === "") ? Object.values(found ?? {}).flat() : found;
}

/** A part, or a text, that is JSON. */
function documentOf(value: unknown, name: string, services: ConnectorServices): unknown {
  const text =
    isPart(value) && /[/+]json$/.test(mediaTypeName(String(value["type"]))) ? Buffer.from(value["content"]).toString() : partText(value);
  return typeof text === "string" && /^\s*[[{]/.test(text)
    ? valueOfDocument(text, { mediaType: "application/json", where: name }, services)
    : text;
}

/** A part that is no file but has a type of its own, such as JSON, arrives as bytes. */
function partText(value: unknown): unknown {
  if (!isPart(value) || value["filename"] !== undefined || !/json|^text\//.test(String(value["type"]))) return value;
  return Buffer.from(value["content"]).toString();
}

function isPart(value: unknown): value is { readonly content: Uint8Array } & Readonly<Record<string, unknown>> {
  return isRecord(value) && value["content"] instanceof Uint8Array;
}

/** Files, and lists of files, are no texts: in place of their schema nothing is asked of them. */
function fileSchema(schema: Readonly<Record<string, unknown>>, root: Readonly<Record<string, unknown>>): readonly ApiSchema[] {
  const { format, contentMediaType, contentEncoding, items, type, minItems, maxItems } = followed(schema, root);
  if (format === "binary" || format === "byte" || format === "base64" || contentMediaType !== undefined || contentEncoding !== undefined)
    return [true];
  if (type !== "array" || !isRecord(items) || fileSchema(items, root).length === 0) return [];
  return [{ type, items: true, ...(minItems === undefined ? {} : { minItems }), ...(maxItems === undefined ? {} : { maxItems }) }];
}

function typeFault(name: string, part: unknown, ranges: readonly string[]): readonly FormFault[] {
  if (!isPart(part)) return [];
  const found = mediaTypeName(String(part["type"]));
  return ranges.some((range) => isInRange(found, range))
    ? []
    : [{ path: name, message: `expected the type ${ranges.join(" or ")}, found ${found}` }];
}
