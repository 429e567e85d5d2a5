import type { NumberField } from "./layout.ts";

/** A number, a text where a number would not be exact, null for blanks, or why it is none. */
export type ReadNumber = number | string | null | { readonly reason: string };

/** Digits that hold a sign, as EBCDIC and most of ASCII write them; some compilers set a bit of the digit instead: p is -0. */
const OVERPUNCHED = "{ABCDEFGHI}JKLMNOPQR";

/** The number of a field's text: a number if it is exact as one, otherwise its text; null for blanks. */
export function readTextNumber(text: string, field: NumberField): ReadNumber {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (field.coding === "zoned") return readZoned(trimmed, field);
  const shape = field.sign === "trailing" ? /^(\d*)(\.\d*)?([+-]?)$/ : /^([+-]?)(\d*)(\.\d*)?$/;
  const found = shape.exec(field.pad === " " || field.pad === "0" ? trimmed : stripPad(text, field));
  const [, first = "", second = "", third = ""] = found ?? [];
  const [sign, whole, fraction] = field.sign === "trailing" ? [third, first, second] : [first, second, third];
  if (found === null || whole + fraction === "" || whole + fraction === ".")
    return { reason: `expected a number, found ${JSON.stringify(text)}` };
  if (sign !== "" && field.sign === "none") return { reason: `expected a number without a sign, found ${JSON.stringify(text)}` };
  // A point that is written wins over one that the layout implies.
  if (fraction !== "") return exact(sign === "-", whole + fraction.slice(1), fraction.length - 1);
  return exact(sign === "-", whole, field.decimals);
}

function stripPad(text: string, { pad }: NumberField): string {
  let start = 0;
  while (start < text.length - 1 && text[start] === pad) start += 1;
  return text.slice(start).trim();
}

function readZoned(text: string, field: NumberField): ReadNumber {
  const last = text.at(-1) ?? "";
  const index = OVERPUNCHED.indexOf(last);
  const isLow = last >= "p" && last <= "y";
  const digit = index >= 0 ? index % 10 : isLow ? last.charCodeAt(0) - 0x70 : Number.parseInt(last, 10);
  const digits = text.slice(0, -1) + String(digit);
  if (Number.isNaN(digit) || !/^\d+$/.test(digits)) return { reason: `expected a zoned number, found ${JSON.stringify(text)}` };
  return exact(index >= 10 || isLow, digits, field.decimals);
}

/** The number of bytes, which come as characters of the same numbers. */
export function readPacked(bytes: string, field: NumberField): ReadNumber {
  const halves = Buffer.from(bytes, "latin1").toString("hex");
  const sign = halves.at(-1) ?? "";
  const digits = halves.slice(0, -1);
  if (!/^\d*$/.test(digits) || !/[a-f]/.test(sign)) return { reason: `expected a packed number, found the bytes ${halves}` };
  return exact(sign === "b" || sign === "d", digits === "" ? "0" : digits, field.decimals);
}

export function readBinary(bytes: string, field: NumberField): ReadNumber {
  const unsigned = BigInt(`0x${Buffer.from(bytes, "latin1").toString("hex")}`);
  const value = field.sign === "none" ? unsigned : BigInt.asIntN(bytes.length * 8, unsigned);
  return exact(value < 0n, String(value < 0n ? -value : value), field.decimals);
}

function exact(isNegative: boolean, digits: string, decimals: number): number | string {
  const padded = digits.padStart(decimals + 1, "0");
  const whole = padded.slice(0, padded.length - decimals).replace(/^0+(?=\d)/, "");
  const fraction = decimals === 0 ? "" : `.${padded.slice(padded.length - decimals)}`;
  const text = `${isNegative ? "-" : ""}${whole}${fraction}`;
  // Fifteen digits survive the way through a number. A negative nothing is nothing.
  return padded.replace(/^0+/, "").length > 15 ? text : Number(text) + 0;
}

export type WrittenNumber = { readonly text: string } | { readonly reason: string };

/** The text, or for packed and binary the bytes, of a number or of a text that is one. */
export function writeNumber(value: unknown, field: NumberField): WrittenNumber {
  const digits = digitsOf(value, field.decimals);
  if ("reason" in digits) return digits;
  const { text, isNegative } = digits;
  if (isNegative && field.sign === "none") return { reason: `expected a number that is not negative, found ${String(value)}` };
  if (field.coding === "binary") return writeBinary(digits, field);
  const capacity =
    field.coding === "packed" ? field.length * 2 - 1 : field.length - (field.sign === "leading" || field.sign === "trailing" ? 1 : 0);
  if (text.length > capacity) return { reason: `expected at most ${capacity} digits, found ${String(value)}` };
  if (field.coding === "packed") {
    const sign = field.sign === "none" ? "f" : isNegative ? "d" : "c";
    return { text: Buffer.from(text.padStart(capacity, "0") + sign, "hex").toString("latin1") };
  }
  const padded = text.padStart(capacity, field.pad);
  if (field.coding === "zoned") {
    const last = Number(text.at(-1)) + (isNegative ? 10 : 0);
    return { text: padded.slice(0, -1) + OVERPUNCHED.charAt(last) };
  }
  const sign = isNegative ? "-" : "+";
  if (field.sign === "leading") return { text: sign + text.padStart(capacity, "0") };
  return { text: field.sign === "trailing" ? text.padStart(capacity, "0") + sign : padded };
}

interface Digits {
  readonly text: string;
  readonly isNegative: boolean;
}

/** All digits down to the last decimal, without a point. */
function digitsOf(value: unknown, decimals: number): Digits | { readonly reason: string } {
  const text = typeof value === "number" ? plain(value) : typeof value === "bigint" ? String(value) : value;
  const found = typeof text === "string" ? /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) : null;
  if (found === null) return { reason: `expected a number, found ${typeof value === "string" ? JSON.stringify(value) : String(value)}` };
  const [, sign, whole = "", fraction = ""] = found;
  if (fraction.replace(/0+$/, "").length > decimals) return { reason: `expected at most ${decimals} decimals, found ${String(value)}` };
  const digits = (whole + fraction.slice(0, decimals).padEnd(decimals, "0")).replace(/^0+(?=\d)/, "");
  return { text: digits, isNegative: sign === "-" && /[1-9]/.test(digits) };
}

/** A number without an exponent. */
function plain(value: number): string {
  const text = String(value);
  const found = /^(-?)(\d)(?:\.(\d+))?e([+-])(\d+)$/.exec(text);
  if (found === null) return text;
  const [, sign = "", whole = "", fraction = "", direction, exponent] = found;
  const shift = Number(exponent);
  const digits = whole + fraction;
  return direction === "+" ? `${sign}${digits.padEnd(shift + 1, "0")}` : `${sign}0.${"0".repeat(shift - 1)}${digits}`;
}

function writeBinary({ text, isNegative }: Digits, { length, sign }: NumberField): WrittenNumber {
  const value = isNegative ? -BigInt(text) : BigInt(text);
  const bits = length * 8;
  const fits = sign === "none" ? BigInt.asUintN(bits, value) === value : BigInt.asIntN(bits, value) === value;
  if (!fits) return { reason: `expected a number of ${length} bytes, found ${String(value)}` };
  return {
    text: Buffer.from(
      BigInt.asUintN(bits, value)
        .toString(16)
        .padStart(length * 2, "0"),
      "hex",
    ).toString("latin1"),
  };
}
