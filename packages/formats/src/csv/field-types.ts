import { describeValue } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";

export type FieldType = "text" | "number" | "boolean";

/** How numbers are written: `1.234,5` has the decimal `,` and the grouping `.`. */
export interface NumberWords {
  readonly decimal: string;
  readonly grouping?: string | undefined;
}

/** The data of a field, or undefined if it is none of its type. An empty field of a type is null. */
export function typedField(text: string, type: FieldType, words: NumberWords): unknown {
  if (type === "text") return text;
  const bare = text.trim();
  if (bare === "") return null;
  if (type === "number") return numberOf(bare, words);
  const word = bare.toLowerCase();
  if (word === "true" || word === "1") return true;
  return word === "false" || word === "0" ? false : undefined;
}

/** Numbers that a JavaScript number would change are none: 17 digits, or whole ones beyond 2^53. */
function numberOf(text: string, { decimal, grouping }: NumberWords): number | undefined {
  const plain = (grouping === undefined ? text : text.replaceAll(grouping, "")).replace(decimal, decimal === "." ? "." : "\0");
  const standard = decimal === "." ? plain : plain.replaceAll(".", "x").replace("\0", ".");
  const [, whole = "", fraction = ""] = /^[+-]?(\d+)(?:\.(\d+))?(?:[eE][+-]?\d{1,3})?$/.exec(standard) ?? [];
  if (whole === "") return undefined;
  const value = Number(standard);
  if (!Number.isFinite(value)) return undefined;
  const digits = (whole + fraction).replace(/^0+/, "").length;
  return digits > 17 || (fraction === "" && Number.isInteger(value) && !Number.isSafeInteger(value) && digits > 15) ? undefined : value;
}

/** A field as it is written. */
export function fieldText(value: unknown, name: string, { decimal }: NumberWords): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number") return decimal === "." ? String(value) : String(value).replace(".", decimal);
  if (typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return value.toISOString();
  throw formatInvalid(`a CSV field is a text, a number or a boolean; field "${name}" is ${describeValue(value)}`, {
    hint: "map it to one of these first, for example with $string or $join",
  });
}
