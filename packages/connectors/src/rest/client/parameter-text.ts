import { isRecord } from "@portolan/core";
import type { ApiParameter } from "@portolan/formats/openapi";

type Style = Pick<ApiParameter, "name" | "in" | "style" | "explode" | "separator" | "allowReserved" | "mediaType">;

/** The value of a parameter of the path as it stands in there (OpenAPI, Style Values). */
export function pathText(parameter: Style, value: unknown): string {
  const encode = encoderOf(parameter);
  if (parameter.mediaType !== undefined) return encode(JSON.stringify(value));
  const { name, style = "simple", explode = false } = parameter;
  const first = { simple: "", label: ".", matrix: ";" }[style] ?? "";
  const between = style === "simple" || !explode ? "," : first;
  const named = style === "matrix" ? `${encodeURIComponent(name)}=` : "";
  if (Array.isArray(value)) {
    const items = value.map((item) => encode(scalarText(item)));
    return first + (explode && named !== "" ? items.map((item) => named + item).join(between) : named + items.join(between));
  }
  if (isRecord(value)) {
    const pairs = pairsOf(value).map(([key, one]) => [encode(key), encode(one)] as const);
    return explode ? first + pairs.map(([key, one]) => `${key}=${one}`).join(between) : first + named + pairs.flat().join(between);
  }
  return first + named + encode(scalarText(value));
}

/** The parameter as it stands in the query, without `?` and `&`: several pairs where it takes several. */
export function queryTexts(parameter: Style, value: unknown): readonly string[] {
  const { name, style = "form", explode = style === "form" || style === "deepObject", separator } = parameter;
  const encode = encoderOf(parameter);
  const pair = (key: string, one: string) => `${encodeURIComponent(key)}=${one}`;
  if (parameter.mediaType !== undefined) return [pair(name, encode(JSON.stringify(value)))];
  if (Array.isArray(value)) {
    const items = value.map((item) => encode(scalarText(item)));
    if (style === "deepObject") return items.map((item) => pair(`${name}[]`, item));
    if (separator === undefined && explode) return items.map((item) => pair(name, item));
    return [pair(name, items.join(separator === undefined ? delimiterOf(style) : SEPARATORS[separator]))];
  }
  if (isRecord(value)) {
    if (style === "deepObject") return deepPairs(name, value).map(([key, one]) => pair(key, encode(one)));
    if (explode) return pairsOf(value).map(([key, one]) => pair(key, encode(one)));
    return [pair(name, pairsOf(value).flat().map(encode).join(delimiterOf(style)))];
  }
  return [pair(name, encode(scalarText(value)))];
}

/** The value of a header. */
export function headerValue({ explode = false, mediaType }: Style, value: unknown): string {
  if (mediaType !== undefined) return JSON.stringify(value);
  if (Array.isArray(value)) return value.map(scalarText).join(",");
  if (isRecord(value))
    return pairsOf(value)
      .map(([key, one]) => (explode ? `${key}=${one}` : `${key},${one}`))
      .join(",");
  return scalarText(value);
}

const SEPARATORS = { ",": ",", " ": "%20", "|": "%7C", "\t": "%09" } as const;

function delimiterOf(style: string): string {
  return { spaceDelimited: "%20", pipeDelimited: "%7C" }[style] ?? ",";
}

/** Reserved characters (RFC 3986) stand as they are only where the description says so. */
function encoderOf({ allowReserved }: Style): (text: string) => string {
  const encode = (text: string) =>
    encodeURIComponent(text.toWellFormed()).replaceAll(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
  // A percent sign, and what would end the value, are encoded all the same.
  return allowReserved === true ? (text) => text.replaceAll(/[^\w\-.~:/?@!$'()*,;[\]]/gu, encode) : encode;
}

function pairsOf(value: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return Object.entries(value).flatMap(([key, one]) => (one === undefined || one === null ? [] : [[key, scalarText(one)] as const]));
}

function deepPairs(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((one) => deepPairs(name, one));
  if (isRecord(value)) return Object.entries(value).flatMap(([key, one]) => deepPairs(`${name}[${key}]`, one));
  return [[name, scalarText(value)]];
}

function scalarText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}
