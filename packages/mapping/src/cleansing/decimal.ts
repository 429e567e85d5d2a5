import { cleaner, type Cleaned, type CleanOptions } from "./clean.ts";

export interface DecimalOptions extends CleanOptions {
  /** The sign before the fraction; the other one of `.` and `,` then groups thousands. Needed where a text can be read in both ways. */
  readonly decimal?: "." | ",";
  /** `text` keeps every digit of numbers that a double cannot hold. */
  readonly as?: "number" | "text";
}

const PLAIN = /^\d+(?:\.\d+)?$/;
/** Space, no-break spaces and apostrophes separate thousands in no other meaning. */
const NEUTRAL_GROUPS = /(?<=\d)[ \u00a0\u2009\u202f'’](?=\d{3}(?!\d))/g;

/** A number in a notation of people: `1.234,56`, `1,234.56`, `1 234,56`, `(12.50)`, `12-`. */
export const decimal = cleaner<DecimalOptions, number | string>({
  name: "decimal",
  expected: "a decimal number",
  clean(text, options) {
    const { negative, digits } = sign(text.trim());
    const plain = plainDigits(digits.replaceAll(NEUTRAL_GROUPS, ""), options.decimal);
    if (typeof plain !== "string") return plain;
    if (!PLAIN.test(plain)) return { reason: "it is no number in digits" };
    const whole = plain.replace(/^0+(?=\d)/, "");
    const signed = negative && /[1-9]/.test(whole) ? `-${whole}` : whole;
    if (options.as === "text") return { value: signed };
    return exact(signed) ? { value: Number(signed) } : { reason: 'a number cannot hold all its digits; { "as": "text" } can' };
  },
});

function sign(text: string): { readonly negative: boolean; readonly digits: string } {
  const bracketed = /^\((.*)\)$/s.exec(text)?.[1];
  if (bracketed !== undefined) return { negative: true, digits: bracketed.trim() };
  const [, before, digits = "", after] = /^([-+−]?)\s*(.*?)\s*([-−]?)$/s.exec(text) ?? [];
  if (before !== "" && after !== "") return { negative: false, digits: text };
  return { negative: [before, after].some((part) => part === "-" || part === "−"), digits };
}

/** Digits with a point before the fraction and no groups. */
function plainDigits(text: string, given: "." | "," | undefined): string | Extract<Cleaned, { readonly reason: string }> {
  const point = given ?? decimalSign(text);
  if (point === undefined) return { reason: 'it can be read in two ways; say which: { "decimal": "," }' };
  const group = point === "." ? "," : ".";
  const [whole = "", ...fractions] = text.split(point);
  if (fractions.length > 1 || fractions[0]?.includes(group) === true) return { reason: `it has more than one ${point}` };
  const parts = whole.split(group);
  if (parts.slice(1).some((part) => part.length !== 3) || (parts.length > 1 && !/^\d{1,3}$/.test(parts[0] ?? "")))
    return { reason: `${group} does not separate groups of three digits` };
  const fraction = fractions[0];
  return (parts.join("") || "0") + (fraction === undefined ? "" : `.${fraction}`);
}

/** The last of two different signs, or the only one unless it could separate thousands as well. */
function decimalSign(text: string): "." | "," | undefined {
  const last = Math.max(text.lastIndexOf("."), text.lastIndexOf(","));
  if (last < 0) return ".";
  const point = text[last] === "." ? "." : ",";
  const other = point === "." ? "," : ".";
  if (text.includes(other)) return point;
  if (text.indexOf(point) !== last) return other;
  return /^\d{1,3}$/.test(text.slice(0, last)) && text.length - last === 4 && !text.startsWith("0") ? undefined : point;
}

function exact(text: string): boolean {
  const digits = text.replace(/^-/, "").replace(".", "").replace(/^0+/, "");
  return digits.length <= 15;
}
