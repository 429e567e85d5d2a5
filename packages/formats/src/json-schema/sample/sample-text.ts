import type { JsonSchema } from "@portolan/core";
import type { Draw } from "./draw.ts";
import { createPatternSampler } from "./sample-pattern.ts";

const WORDS = ["alder", "birch", "cedar", "hazel", "juniper", "larch", "maple", "rowan", "spruce", "willow"];

type Written = (draw: Draw) => string;

const two = (value: number): string => String(value).padStart(2, "0");
const date: Written = (draw) => `20${two(draw.between(20, 29))}-${two(draw.between(1, 12))}-${two(draw.between(1, 28))}`;
const time: Written = (draw) => `${two(draw.between(0, 23))}:${two(draw.between(0, 59))}:${two(draw.between(0, 59))}Z`;
const host: Written = (draw) => `${draw.oneOf(WORDS)}.example`;
const hex = (draw: Draw, length: number): string => Array.from({ length }, () => draw.between(0, 15).toString(16)).join("");

/** Texts of the formats that are known (JSON Schema Validation, section 7.3, and the registry of OpenAPI). */
const FORMATS: Readonly<Record<string, Written>> = {
  date,
  time,
  "date-time": (draw) => `${date(draw)}T${time(draw)}`,
  "iso-date-time": (draw) => `${date(draw)}T${time(draw)}`,
  "iso-time": time,
  duration: (draw) => `P${draw.between(1, 9)}D`,
  email: (draw) => `${draw.oneOf(WORDS)}@${host(draw)}`,
  "idn-email": (draw) => `${draw.oneOf(WORDS)}@${host(draw)}`,
  hostname: host,
  "idn-hostname": host,
  ipv4: (draw) => `192.0.2.${draw.between(1, 254)}`,
  ipv6: (draw) => `2001:db8::${hex(draw, 3)}`,
  uri: (draw) => `https://${host(draw)}/${draw.oneOf(WORDS)}`,
  url: (draw) => `https://${host(draw)}/${draw.oneOf(WORDS)}`,
  iri: (draw) => `https://${host(draw)}/${draw.oneOf(WORDS)}`,
  "uri-reference": (draw) => `/${draw.oneOf(WORDS)}`,
  "iri-reference": (draw) => `/${draw.oneOf(WORDS)}`,
  "uri-template": (draw) => `https://${host(draw)}/{id}`,
  uuid: (draw) => `${hex(draw, 8)}-${hex(draw, 4)}-4${hex(draw, 3)}-a${hex(draw, 3)}-${hex(draw, 12)}`,
  byte: (draw) => Buffer.from(draw.oneOf(WORDS)).toString("base64"),
  regex: () => "^[a-z]+$",
  "json-pointer": (draw) => `/${draw.oneOf(WORDS)}`,
  "relative-json-pointer": () => "1",
};

/** How many texts of a pattern are tried for its limits of length. */
const TRIES = 20;

/** A text as a schema wants it: of its pattern, or its format, in its limits of length. */
export function sampleText(schema: JsonSchema, draw: Draw): string {
  const [least, most] = [limitOf(schema["minLength"], 0), limitOf(schema["maxLength"], Infinity)];
  const { pattern, format } = schema;
  const written = typeof format === "string" && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (typeof pattern === "string") {
    // A format is often one that its pattern takes, too.
    const formatted = written?.(draw);
    const found = formatted !== undefined && matches(pattern, formatted) ? formatted : patterned(pattern, { least, most, draw });
    if (found !== undefined) return found;
  }
  if (written !== undefined) return written(draw);
  let text = draw.oneOf(WORDS);
  while (text.length < least) text += ` ${draw.oneOf(WORDS)}`;
  return text.slice(0, Math.max(least, Math.min(most, text.length)));
}

interface Lengths {
  readonly least: number;
  readonly most: number;
  readonly draw: Draw;
}

function patterned(pattern: string, { least, most, draw }: Lengths): string | undefined {
  const sampler = createPatternSampler(pattern);
  if (sampler === undefined) return undefined;
  let extra = Math.min(4, most);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const text = sampler(draw, extra);
    const { length } = [...text];
    if (length >= least && length <= most && matches(pattern, text)) return text;
    if (length < least) extra += Math.max(1, Math.min(least - length, 10_000));
    if (length > most) extra = Math.floor(extra / 2);
  }
  return undefined;
}

function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, "u").test(text);
  } catch {
    return matchesLoosely(pattern, text);
  }
}

function matchesLoosely(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    // It is no pattern; whoever compiles the schema says so.
    return false;
  }
}

function limitOf(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
