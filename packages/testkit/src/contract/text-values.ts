import fc from "fast-check";
import type { JsonSchema } from "@portolan/core";
import { numberIn } from "./plain-schema.ts";

/** What has broken programs before: other scripts, names of JavaScript's own, control characters, text that means something elsewhere. */
const ODD = [
  "",
  " ",
  "0",
  "null",
  "undefined",
  "NaN",
  "true",
  "__proto__",
  "constructor",
  "'",
  '"',
  "\\",
  "%",
  "%00",
  "<b>&amp;</b>",
  "${1}",
  "\u0000",
  "\n",
  "é",
  "ß",
  "漢字",
  "👩‍👧",
  "\u202eabc",
  "e\u0301",
  "-1",
  "1e999",
  "2026-13-45",
  "../..",
  "a".repeat(300),
];

/** Texts by a JSON Schema. */
export function textValues(schema: JsonSchema): fc.Arbitrary<string> {
  const { format, pattern } = schema;
  const minLength = numberIn(schema, "minLength") ?? 0;
  const most = numberIn(schema, "maxLength") ?? Infinity;
  const fits = (text: string) => [...text].length >= minLength && [...text].length <= most;
  if (typeof pattern === "string") return matching(pattern, fits);
  const formatted = typeof format === "string" && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (formatted !== undefined) return formatted();
  const maxLength = Math.min(most, minLength + 24);
  const odd = ODD.filter(fits);
  const plain = fc.oneof(
    { arbitrary: fc.string({ minLength, maxLength }), weight: 3 },
    { arbitrary: fc.string({ minLength, maxLength, unit: "binary" }), weight: 1 },
  );
  return odd.length === 0 ? plain : fc.oneof({ arbitrary: plain, weight: 4 }, { arbitrary: fc.constantFrom(...odd), weight: 1 });
}

/** Texts that a pattern is found in: around it there may be more, but need not be. */
function matching(pattern: string, fits: (text: string) => boolean): fc.Arbitrary<string> {
  for (const flags of ["u", ""]) {
    try {
      const expression = new RegExp(pattern, flags);
      const all = fc.stringMatching(expression);
      const some = fc.sample(all, { numRuns: 50, seed: 1 }).filter(fits);
      if (some.length === 0) continue;
      return some.length > 5 ? all.filter(fits) : fc.constantFrom(...some);
    } catch {
      // A pattern with what cannot be made, such as a look-behind: whoever filters finds that nothing fits.
      continue;
    }
  }
  return fc.string();
}

const pad = (value: number, length = 2) => String(value).padStart(length, "0");
const dates = () => fc.date({ min: new Date("1970-01-01T00:00:00Z"), max: new Date("2099-12-31T00:00:00Z"), noInvalidDate: true });
const times = () =>
  fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59)).map(([hour, minute, second]) => `${pad(hour)}:${pad(minute)}:${pad(second)}Z`);
const words = () => fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
const base64 = () => fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes).toString("base64"));

/** By the names of JSON Schema and of OpenAPI's registry. */
const FORMATS: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  date: () => dates().map((date) => date.toISOString().slice(0, 10)),
  "date-time": () => dates().map((date) => date.toISOString()),
  time: times,
  "iso-time": times,
  "iso-date-time": () => dates().map((date) => date.toISOString()),
  duration: () => fc.tuple(fc.nat(99), fc.nat(99)).map(([days, hours]) => `P${days}DT${hours}H`),
  email: () => fc.tuple(words(), words()).map(([name, host]) => `${name}@${host}.example`),
  "idn-email": () => fc.tuple(words(), words()).map(([name, host]) => `${name}@${host}.example`),
  hostname: () => words().map((name) => `${name}.example`),
  "idn-hostname": () => words().map((name) => `${name}.example`),
  ipv4: () => fc.ipV4(),
  ipv6: () => fc.ipV6(),
  uuid: () => fc.uuid(),
  uri: () => words().map((path) => `https://www.example/${path}`),
  url: () => words().map((path) => `https://www.example/${path}`),
  iri: () => words().map((path) => `https://www.example/${path}`),
  "uri-reference": () => words().map((path) => `/${path}`),
  "iri-reference": () => words().map((path) => `/${path}`),
  "uri-template": () => words().map((path) => `/${path}/{id}`),
  "json-pointer": () => words().map((name) => `/${name}`),
  "relative-json-pointer": () => words().map((name) => `0/${name}`),
  regex: () => words().map((name) => `^${name}$`),
  byte: base64,
  int32: () => fc.integer().map(String),
  int64: () => fc.maxSafeInteger().map(String),
};
