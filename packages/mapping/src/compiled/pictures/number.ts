import { JsonataError } from "../errors.ts";
import { type NumberPicture, readNumberPicture, readSymbols, type Symbols } from "./number-picture.ts";

/** A number as a picture such as `#,##0.00;(#)` says; options replace the picture's symbols. */
export function formatNumber(value: number, picture: string, options: Readonly<Record<string, unknown>> = {}): string {
  const symbols = readSymbols(options);
  const parts = picture.split(symbols.pattern);
  if (parts.length > 2) throw new JsonataError("D3080", { value: picture });
  const [positive, negative] = parts.map((part) => readNumberPicture(part, symbols));
  if (positive === undefined) throw new JsonataError("D3085", { value: picture });
  const chosen = value >= 0 ? positive : (negative ?? { ...positive, prefix: symbols.minus + positive.prefix });
  return chosen.prefix + formatActive(Math.abs(value) * chosen.factor, chosen, symbols) + chosen.suffix;
}

function formatActive(value: number, picture: NumberPicture, symbols: Symbols): string {
  const { mantissa, exponent } = picture.exponentDigits === undefined ? { mantissa: value, exponent: 0 } : scaled(value, picture.scale);
  const [whole = "", fraction = ""] = rounded(mantissa, picture.mostDecimals).split(".");
  const integer = whole.replace(/^0+/, "").padStart(picture.integerDigits, "0");
  const decimals = fraction.replace(/0+$/, "").padEnd(picture.leastDecimals, "0");
  let text = groupInteger(integer, picture, symbols);
  if (decimals !== "") text += symbols.decimal + groupDecimals(decimals, picture, symbols);
  if (picture.exponentDigits !== undefined)
    text += symbols.exponent + (exponent < 0 ? symbols.minus : "") + String(Math.abs(exponent)).padStart(picture.exponentDigits, "0");
  const zero = symbols.zero.codePointAt(0) ?? 48;
  return zero === 48 ? text : text.replaceAll(/[0-9]/g, (digit) => String.fromCodePoint(zero + Number(digit)));
}

function scaled(value: number, digits: number): { mantissa: number; exponent: number } {
  let [mantissa, exponent] = [value, 0];
  while (mantissa !== 0 && mantissa < 10 ** (digits - 1)) {
    mantissa *= 10;
    exponent -= 1;
  }
  while (mantissa > 10 ** digits) {
    mantissa /= 10;
    exponent += 1;
  }
  return { mantissa, exponent };
}

/** Halves go to the even neighbour; shifting the exponent in decimal keeps binary fractions out of it. */
function rounded(value: number, digits: number): string {
  const [mantissa, exponent] = String(value).split("e");
  const shifted = Number(`${mantissa}e${Number(exponent ?? 0) + digits}`);
  let whole = Math.round(shifted);
  if (Math.abs(whole - shifted) === 0.5 && Math.abs(whole % 2) === 1) whole -= 1;
  return (whole / 10 ** digits).toFixed(digits);
}

function groupInteger(digits: string, { groups, regular }: NumberPicture, { grouping }: Symbols): string {
  let text = "";
  for (let index = 0; index < digits.length; index += 1) {
    const place = digits.length - index;
    const isGroup = regular > 0 ? place % regular === 0 : groups.includes(place);
    if (isGroup && index > 0) text += grouping;
    text += digits[index] ?? "";
  }
  return text;
}

function groupDecimals(digits: string, { decimalGroups }: NumberPicture, { grouping }: Symbols): string {
  return Array.from(digits, (digit, index) => (decimalGroups.includes(index) && index > 0 ? grouping : "") + digit).join("");
}
