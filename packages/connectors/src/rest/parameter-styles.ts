import { PortolanError, isRecord, type ConnectorServices } from "@portolan/core";
import type { ApiDocument, ApiParameter, ApiSchema } from "@portolan/formats/openapi";
import { unescape } from "node:querystring";
import { followed, typesOf, type Parameters } from "./parameters.ts";

/** A parameter, what it can be, and how it is written where the document does not say so (OpenAPI, section 4.8.12). */
export interface StyledParameter {
  readonly parameter: ApiParameter;
  readonly shape: "list" | "map" | "plain";
  readonly style: string;
  readonly explode: boolean;
  /** Of a map: the names that its schema knows; undefined if it takes any. */
  readonly names: readonly string[] | undefined;
}

const DEFAULT_STYLES: Readonly<Record<string, string>> = {
  query: "form",
  cookie: "form",
  path: "simple",
  header: "simple",
  querystring: "form",
};

export function styledParameter(parameter: ApiParameter, schemas: ApiDocument["schemas"]): StyledParameter {
  const { style = DEFAULT_STYLES[parameter.in] ?? "form", explode = style === "form" || style === "deepObject", schema } = parameter;
  const root = { $defs: schemas };
  const types = isRecord(schema) ? typesOf(schema, root) : new Set<unknown>();
  const isText = types.has("string");
  const shape =
    types.has("array") && !isText
      ? "list"
      : (types.has("object") || (types.size === 0 && propertiesOf(schema, root) !== undefined)) && !isText
        ? "map"
        : "plain";
  const isParted = parameter.separator !== undefined && style !== "label" && style !== "matrix";
  return { parameter, shape, style, explode: !isParted && explode, names: shape === "map" ? propertiesOf(schema, root) : undefined };
}

function propertiesOf(schema: ApiSchema, root: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  if (!isRecord(schema)) return undefined;
  const { properties, additionalProperties, allOf } = followed(schema, root);
  if (additionalProperties !== undefined && additionalProperties !== false) return undefined;
  const parts = Array.isArray(allOf) ? allOf.flatMap((part: unknown) => (isRecord(part) ? (propertiesOf(part, root) ?? []) : [])) : [];
  return isRecord(properties) || parts.length > 0 ? [...Object.keys(isRecord(properties) ? properties : {}), ...parts] : undefined;
}

/** The value of a parameter in the path, a header or a cookie: one text, decoded already. */
export function valueOfText(text: string, { parameter, shape, style, explode }: StyledParameter): unknown {
  if (style === "label") return valueOfLabel(text, { parameter, shape, style, explode });
  if (style === "matrix") return valueOfMatrix(text, { parameter, shape, explode });
  if (shape === "plain") return text;
  const items = text === "" ? [] : text.split(parameter.separator ?? ",").map((item) => (parameter.in === "header" ? item.trim() : item));
  return shape === "list" ? items : explode ? mapOfAssignments(items) : mapOfPairs(items);
}

type Written = Pick<StyledParameter, "parameter" | "shape" | "explode">;

/** RFC 6570, section 3.2.5: `.a.b`, or `.a,b`. */
function valueOfLabel(text: string, { shape, explode }: Written & { readonly style: string }): unknown {
  const own = text.startsWith(".") ? text.slice(1) : text;
  if (shape === "plain") return own;
  const items = own === "" ? [] : own.split(explode || !own.includes(",") ? "." : ",");
  return shape === "list" ? items : explode ? mapOfAssignments(items) : mapOfPairs(items);
}

/** RFC 6570, section 3.2.7: `;id=1`, `;id=1,2`, or `;id=1;id=2`. */
function valueOfMatrix(text: string, { parameter: { name }, shape, explode }: Written): unknown {
  const parts = text.split(";").filter((part) => part !== "");
  const values = parts.map((part) => part.slice(part.startsWith(`${name}=`) ? name.length + 1 : part === name ? name.length : 0));
  if (shape === "plain") return values[0] ?? "";
  if (explode) return shape === "list" ? values : mapOfAssignments(parts);
  const items = values[0] === undefined || values[0] === "" ? [] : values[0].split(",");
  return shape === "list" ? items : mapOfPairs(items);
}

/** `R=100`, `G=200`. */
function mapOfAssignments(items: readonly string[]): Parameters {
  return Object.fromEntries(items.map((item) => [item.split("=")[0] ?? "", item.includes("=") ? item.slice(item.indexOf("=") + 1) : ""]));
}

/** `R`, `100`, `G`, `200`. */
export function mapOfPairs(items: readonly string[]): Parameters {
  const names = items.filter((_item, index) => index % 2 === 0);
  return Object.fromEntries(names.map((name, index) => [name, items[index * 2 + 1] ?? ""]));
}

/** A parameter that is a document of a media type. */
export function valueOfParameter(text: string, { name, in: place, mediaType = "" }: ApiParameter, services: ConnectorServices): unknown {
  return valueOfDocument(text, { mediaType, where: `${place === "header" ? "headers" : place}.${name}` }, services);
}

interface PlacedDocument {
  readonly mediaType: string;
  readonly where: string;
}

/** A text that is a document; what is wrong with it is told with its place. */
export function valueOfDocument(text: string, { mediaType, where }: PlacedDocument, services: ConnectorServices): unknown {
  const format = services.formatFor(mediaType);
  if (format === undefined) return text;
  try {
    return format.decode(Buffer.from(text));
  } catch (cause) {
    if (!(cause instanceof PortolanError)) throw cause;
    throw new PortolanError("PORTOLAN_CONTRACT_FAILED", `${where}: ${cause.message}`, {
      cause,
      findings: [{ path: where, message: cause.message }],
    });
  }
}

/** A query as it was sent: names and values still encoded. */
export function rawPairs(queryText: string): readonly (readonly [name: string, value: string])[] {
  return queryText
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const end = pair.indexOf("=");
      return end < 0 ? [decodeQuery(pair), ""] : [decodeQuery(pair.slice(0, end)), pair.slice(end + 1)];
    });
}

export function decodeQuery(text: string): string {
  return unescape(text.replaceAll("+", " "));
}
