import { parse } from "node:querystring";
import { isRecord, type ConnectorServices } from "@portolan/core";
import type { ApiDocument, ApiParameter } from "@portolan/formats/openapi";
import type { Exchange } from "@portolan/gateway";
import { deepObject } from "./deep-object.ts";
import {
  decodeQuery,
  mapOfPairs,
  rawPairs,
  styledParameter,
  valueOfParameter,
  valueOfText,
  type StyledParameter,
} from "./parameter-styles.ts";
import { followed, type Parameters } from "./parameters.ts";

/** Where parameters stand in a request. */
export type ParameterSource = Pick<Exchange, "params" | "queryText" | "query" | "headers">;

/** Reads what the document says of parameters: lists and maps in the styles of OpenAPI, documents, cookies and defaults. */
export interface ParameterReader {
  path(exchange: ParameterSource): Parameters;
  query(exchange: ParameterSource): Parameters;
  /** The headers that are parameters, by their names in lower case. */
  headers(received: Parameters): Parameters;
  /** Undefined if the document has no cookies. */
  readonly cookies: ((exchange: ParameterSource) => Parameters) | undefined;
  /** What the document says for parameters that are not there; not all defaults follow their own schemas. */
  withDefaults(where: "query" | "headers" | "cookies", values: Parameters): Parameters;
}

type Put = (values: Record<string, unknown>, exchange: ParameterSource, pairs: readonly (readonly [string, string])[]) => void;

export function createParameterReader(
  parameters: readonly ApiParameter[],
  { schemas }: Pick<ApiDocument, "schemas">,
  services: ConnectorServices,
): ParameterReader {
  const placed = (place: ApiParameter["in"]): readonly StyledParameter[] =>
    parameters.filter((one) => one.in === place).map((one) => styledParameter(one, schemas));
  const [path, headers, cookies] = [placed("path"), placed("header"), placed("cookie")];
  const isWritten = ({ parameter, shape, style }: StyledParameter): boolean =>
    shape !== "plain" || parameter.mediaType !== undefined || style === "label" || style === "matrix";
  const inPath = path.filter(isWritten);
  const inHeaders = headers.filter(isWritten);
  const puts = [...placed("query"), ...placed("querystring")].flatMap((one) => queryPut(one, services) ?? []);
  const withDefaults = {
    query: defaulting(placed("query"), schemas),
    headers: defaulting(headers, schemas),
    cookies: defaulting(cookies, schemas),
  };

  const written = (
    values: Parameters,
    styled: readonly StyledParameter[],
    named: (name: string) => string = (name) => name,
  ): Parameters => {
    if (styled.length === 0) return values;
    const read: Record<string, unknown> = { ...values };
    for (const one of styled) {
      const name = named(one.parameter.name);
      const text = read[name];
      if (typeof text === "string")
        read[name] = one.parameter.mediaType === undefined ? valueOfText(text, one) : valueOfParameter(text, one.parameter, services);
    }
    return read;
  };

  return {
    path: (exchange) => written(exchange.params, inPath),
    query(exchange) {
      if (exchange.queryText === "") return NONE;
      if (puts.length === 0) return exchange.query;
      const values: Record<string, unknown> = { ...exchange.query };
      const pairs = rawPairs(exchange.queryText);
      for (const put of puts) put(values, exchange, pairs);
      return values;
    },
    headers: (received) => written(received, inHeaders, (name) => name.toLowerCase()),
    cookies: cookies.length === 0 ? undefined : (exchange) => written(cookiesOf(exchange, cookies), cookies.filter(isWritten)),
    withDefaults: (where, values) => withDefaults[where](values),
  };
}

const NONE: Parameters = Object.freeze({});

/** Puts a parameter of the query that is more than one text into its place, and takes away what it was written in. */
function queryPut(styled: StyledParameter, services: ConnectorServices): Put | undefined {
  const { parameter, shape, style, explode } = styled;
  const { name, separator } = parameter;
  if (parameter.in === "querystring") return (values, { queryText }) => wholeQuery(values, queryText, { parameter, services });
  if (parameter.mediaType !== undefined)
    return (values) => {
      if (typeof values[name] === "string") values[name] = valueOfParameter(values[name], parameter, services);
    };
  if (shape === "plain" || (shape === "list" && explode)) return undefined;
  if (shape === "map" && style === "deepObject")
    return (values, _exchange, pairs) => {
      const found = deepObject(
        name,
        pairs.map(([key, value]) => [key, decodeQuery(value)]),
      );
      if (found === undefined) return;
      for (const key of Object.keys(values)) if (key.startsWith(`${name}[`)) delete values[key];
      values[name] = found;
    };
  if (shape === "map" && explode) return (values) => gather(values, styled);
  return (values, _exchange, pairs) => {
    const found = pairs.filter(([key]) => key === name);
    const [first] = found;
    // Sent name by name instead, it is a list already.
    if (first === undefined || found.length > 1) return;
    const items = partedBy(first[1], separator ?? SEPARATORS[style] ?? ",");
    values[name] = shape === "list" ? items : mapOfPairs(items);
  };
}

const SEPARATORS: Readonly<Record<string, string>> = { spaceDelimited: " ", pipeDelimited: "|" };

/** A comma that is encoded is a part of an item; the others always have to be encoded. */
function partedBy(raw: string, separator: string): readonly string[] {
  if (raw === "") return [];
  return separator === "," && raw.includes(",") ? raw.split(",").map(decodeQuery) : decodeQuery(raw).split(separator);
}

/** A map whose properties stand in the query by their own names. */
function gather(values: Record<string, unknown>, { parameter: { name }, names }: StyledParameter): void {
  const own = Object.keys(values).filter((key) => names?.includes(key) ?? false);
  if (own.length === 0) return;
  const map = Object.fromEntries(own.map((key) => [key, values[key]]));
  for (const key of own) delete values[key];
  values[name] = map;
}

interface WholeQuery {
  readonly parameter: ApiParameter;
  readonly services: ConnectorServices;
}

/** OpenAPI 3.2: all of the query is one value. */
function wholeQuery(values: Record<string, unknown>, queryText: string, { parameter, services }: WholeQuery): void {
  for (const key of Object.keys(values)) delete values[key];
  if (queryText === "") return;
  const isForm = parameter.mediaType === undefined || parameter.mediaType.endsWith("urlencoded");
  values[parameter.name] = isForm
    ? { ...parse(queryText, "&", "=", { maxKeys: 0 }) }
    : valueOfParameter(decodeURIComponentOrText(queryText), parameter, services);
}

function decodeURIComponentOrText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** RFC 6265, section 4.2: only those that are parameters; the others may be anybody's. */
function cookiesOf(exchange: ParameterSource, parameters: readonly StyledParameter[]): Parameters {
  const header = exchange.headers["cookie"];
  if (header === undefined) return NONE;
  const names = new Set(parameters.map(({ parameter }) => parameter.name));
  const found = String(header)
    .split(";")
    .flatMap((pair): readonly (readonly [string, string])[] => {
      const end = pair.indexOf("=");
      const name = pair.slice(0, Math.max(end, 0)).trim();
      const value = pair
        .slice(end + 1)
        .trim()
        .replace(/^"(.*)"$/, "$1");
      return end > 0 && names.has(name) ? [[name, decodeURIComponentOrText(value)]] : [];
    });
  return Object.fromEntries(found);
}

/** Fills in what the schema says for parameters that are not there. */
function defaulting(parameters: readonly StyledParameter[], schemas: ApiDocument["schemas"]): (values: Parameters) => Parameters {
  const defaults = parameters.flatMap(({ parameter: { name, in: place, schema } }): readonly (readonly [string, unknown])[] => {
    const value = isRecord(schema) ? followed(schema, { $defs: schemas })["default"] : undefined;
    return value === undefined ? [] : [[place === "header" ? name.toLowerCase() : name, value]];
  });
  if (defaults.length === 0) return (values) => values;
  return (values) => {
    const missing = defaults.filter(([name]) => values[name] === undefined);
    return missing.length === 0 ? values : { ...Object.fromEntries(missing), ...values };
  };
}
