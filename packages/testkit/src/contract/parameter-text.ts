import { isRecord } from "@portolan/core";
import type { ContractParameter } from "./operation.ts";

/** How a value stands where its parameter is: one text, or pairs of names and texts in a query. Nothing is encoded yet. */
export interface WrittenParameter {
  readonly text: string;
  readonly pairs: readonly (readonly [name: string, text: string])[];
}

/** The value of a parameter in the style that its description asks for (OpenAPI, section 4.8.12). */
export function writeParameter(parameter: ContractParameter, value: unknown): WrittenParameter {
  const { name, mediaType, separator = "," } = parameter;
  const style = parameter.style ?? (parameter.in === "query" || parameter.in === "cookie" ? "form" : "simple");
  const explode = parameter.explode ?? (style === "form" || style === "deepObject");
  const one = (text: string): WrittenParameter => ({ text, pairs: [[name, text]] });
  if (mediaType !== undefined) return one(JSON.stringify(value) ?? "");
  const entries = isRecord(value) ? Object.entries(value).map(([key, part]) => [key, textOf(part)] as const) : [];
  const items = Array.isArray(value) ? value.map(textOf) : [textOf(value)];
  if (style === "label") return one(`.${(isRecord(value) ? assigned(entries, explode) : items).join(explode ? "." : ",")}`);
  if (style === "matrix") return one(matrix(name, { items, entries, isMap: isRecord(value), explode }));
  if (isRecord(value)) {
    if (style === "deepObject") return { text: "", pairs: entries.map(([key, text]) => [`${name}[${key}]`, text]) };
    if (style === "form" && explode) return { text: "", pairs: entries };
    return one(assigned(entries, explode).join(separator));
  }
  if (parameter.separator === undefined && Array.isArray(value)) return { text: items.join(","), pairs: items.map((text) => [name, text]) };
  return one(items.join(separator));
}

/** `R=100`, or `R`, `100`. */
function assigned(entries: readonly (readonly [string, string])[], explode: boolean): readonly string[] {
  return entries.flatMap(([key, text]) => (explode ? [`${key}=${text}`] : [key, text]));
}

interface Parts {
  readonly items: readonly string[];
  readonly entries: readonly (readonly [string, string])[];
  readonly isMap: boolean;
  readonly explode: boolean;
}

function matrix(name: string, { items, entries, isMap, explode }: Parts): string {
  if (explode) return (isMap ? assigned(entries, true) : items.map((item) => `${name}=${item}`)).map((part) => `;${part}`).join("");
  return `;${name}=${(isMap ? assigned(entries, false) : items).join(",")}`;
}

/** Whether a value comes through as it is: text of a URL or header loses some. */
export function canBeSent(parameter: ContractParameter, value: unknown): boolean {
  if (parameter.mediaType !== undefined)
    return /^application\/(.+\+)?json\b/i.test(parameter.mediaType) && canStandIn(parameter, JSON.stringify(value) ?? "");
  if (isRecord(value)) {
    const entries = Object.entries(value);
    return (
      entries.length > 0 &&
      entries.every(([key, part]) => /^\w+$/.test(key) && isPart(part)) &&
      canStandIn(parameter, writeParameter(parameter, value).text || "x")
    );
  }
  if (Array.isArray(value))
    return (
      value.length > 0 && value.every(isPart) && (parameter.in === "query" || canStandIn(parameter, writeParameter(parameter, value).text))
    );
  return value !== null && canStandIn(parameter, textOf(value));
}

/** One of several in a text: nothing in it may look like what parts them. */
function isPart(value: unknown): boolean {
  return value !== null && typeof value !== "object" && /^[^\s,;.|=&[\]]+$/.test(textOf(value));
}

function canStandIn({ in: place }: ContractParameter, text: string): boolean {
  switch (place) {
    case "path":
      return text !== "" && !/^\.{1,2}$/.test(text) && !/[/\\\u0000]/.test(text);
    case "header":
      return /^[!-~]([ -~]*[!-~])?$/.test(text);
    case "cookie":
      return /^[!#-+\--:<-[\]-~]+$/.test(text);
    default:
      return true;
  }
}

export function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "object" ? (JSON.stringify(value) ?? "") : String(value);
}
