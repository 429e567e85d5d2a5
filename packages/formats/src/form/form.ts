import { defineFormat, describeValue, isRecord, option, withDefault, type FormatDefinition } from "@portolan/core";
import { checkSize, formatInvalid } from "../format-invalid.ts";
import { decodeText, encodeText } from "../text/charset.ts";

/** What browsers send (WHATWG URL, section 5), in UTF-8. */
export const formFormat: FormatDefinition = defineFormat({
  name: "form",
  title: "Form",
  summary:
    "Fields of a form as in the query of an address: `a=1&b=2`. The body is a map of texts; a name that occurs again is a list of them.",
  mediaTypes: ["application/x-www-form-urlencoded"],
  extensions: [],
  options: {
    lists: withDefault(option.listOf(option.name), [], "The names of fields that are a list also where they occur once."),
    maxBytes: withDefault(option.bytes, 16 * 1024 ** 2, "Larger bodies are refused."),
    maxFields: withDefault(option.integer({ min: 1 }), 10_000, "Bodies with more fields are refused."),
  },
  create: ({ lists, maxBytes, maxFields }) => ({
    name: "form",
    decode(bytes) {
      checkSize(bytes, maxBytes, "the form");
      const pairs = decodeText(bytes, "utf-8").split("&", maxFields + 1);
      if (pairs.length > maxFields) throw formatInvalid(`the form has too many fields: expected at most ${maxFields}, found more`);
      return formData(
        pairs.filter((pair) => pair !== ""),
        new Set(lists),
      );
    },
    encode: (value) => encodeText(formText(value), "utf-8"),
  }),
});

function formData(pairs: readonly string[], lists: ReadonlySet<string>): unknown {
  const fields = new Map<string, string[]>();
  for (const [index, pair] of pairs.entries()) {
    const equals = pair.indexOf("=");
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals), index);
    const value = equals < 0 ? "" : decoded(pair.slice(equals + 1), index);
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length > 1 || lists.has(name) ? values : values[0]]));
}

function decoded(text: string, index: number): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw formatInvalid(
      `the form is not valid at field ${index + 1}: expected % with the hexadecimal digits of UTF-8, found ${JSON.stringify(text.slice(0, 60))}`,
      {
        cause,
      },
    );
  }
}

function formText(value: unknown): string {
  if (!isRecord(value)) throw formatInvalid(`a form is written of a map of fields, found ${describeValue(value)}`);
  return Object.entries(value)
    .flatMap(([name, held]) =>
      (Array.isArray(held) ? held : [held]).map((one: unknown) => `${encoded(name)}=${encoded(fieldText(one, name))}`),
    )
    .join("&");
}

function fieldText(value: unknown, name: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  throw formatInvalid(`a field of a form is a text, a number or a boolean; ${JSON.stringify(name)} is ${describeValue(value)}`);
}

function encoded(text: string): string {
  if (!text.isWellFormed()) throw formatInvalid(`half of a character was cut off in the form's text ${JSON.stringify(text.slice(0, 60))}`);
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}
