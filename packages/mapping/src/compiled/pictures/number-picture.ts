import { JsonataError } from "../errors.ts";

/** The characters of which a picture of numbers is made. */
export interface Symbols {
  readonly decimal: string;
  readonly grouping: string;
  readonly exponent: string;
  readonly minus: string;
  readonly percent: string;
  readonly perMille: string;
  readonly zero: string;
  readonly digit: string;
  readonly pattern: string;
}

/** A picture of numbers, taken apart. */
export interface NumberPicture {
  readonly prefix: string;
  readonly suffix: string;
  readonly factor: number;
  /** Digits before the decimal separator of a mantissa. */
  readonly scale: number;
  readonly integerDigits: number;
  readonly leastDecimals: number;
  readonly mostDecimals: number;
  readonly exponentDigits: number | undefined;
  /** Where separators stand: digits right of them, and, if regular, between any two. */
  readonly groups: readonly number[];
  readonly regular: number;
  readonly decimalGroups: readonly number[];
}

export function readSymbols(options: Readonly<Record<string, unknown>>): Symbols {
  const symbol = (name: string, fallback: string): string => {
    const given = Object.hasOwn(options, name) ? options[name] : undefined;
    return typeof given === "string" ? given : fallback;
  };
  return {
    decimal: symbol("decimal-separator", "."),
    grouping: symbol("grouping-separator", ","),
    exponent: symbol("exponent-separator", "e"),
    minus: symbol("minus-sign", "-"),
    percent: symbol("percent", "%"),
    perMille: symbol("per-mille", "\u2030"),
    zero: symbol("zero-digit", "0"),
    digit: symbol("digit", "#"),
    pattern: symbol("pattern-separator", ";"),
  };
}

export function readNumberPicture(text: string, symbols: Symbols): NumberPicture {
  const family = Array.from({ length: 10 }, (_, index) => String.fromCodePoint((symbols.zero.codePointAt(0) ?? 48) + index)).join("");
  const visible = [...family, symbols.decimal, symbols.grouping, symbols.digit];
  const chars = Array.from(text);
  const first = chars.findIndex((char) => visible.includes(char));
  const last = chars.findLastIndex((char) => visible.includes(char));
  const active = first < 0 ? "" : chars.slice(first, last + 1).join("");
  const at = active.indexOf(symbols.exponent);
  const mantissa = at < 0 ? active : active.slice(0, at);
  const exponent = at < 0 ? undefined : active.slice(at + 1);
  const [integer = "", fraction = ""] = mantissa.split(symbols.decimal);
  const parts: Parts = { text, active, mantissa, integer, fraction, exponent, family };
  refuse(parts, symbols);
  const factor = text.includes(symbols.percent) ? 100 : text.includes(symbols.perMille) ? 1000 : 1;
  const prefix = chars.slice(0, Math.max(0, first)).join("");
  return { prefix, suffix: chars.slice(last + 1).join(""), factor, ...sizes(parts, symbols), ...grouping(parts, symbols) };
}

interface Parts {
  readonly text: string;
  readonly active: string;
  readonly mantissa: string;
  readonly integer: string;
  readonly fraction: string;
  readonly exponent: string | undefined;
  readonly family: string;
}

function refuse(parts: Parts, symbols: Symbols): void {
  const { text, active, mantissa, integer, fraction, exponent, family } = parts;
  const count = (char: string): number => text.split(char).length - 1;
  const { decimal, grouping: group, digit, percent, perMille } = symbols;
  const isDigit = (char: string): boolean => family.includes(char);
  const isPassive = (char: string): boolean => !isDigit(char) && ![decimal, group, digit, symbols.exponent].includes(char);
  const digitThenOptional = Array.from(integer).some((char, index) => isDigit(char) && integer.includes(digit, index));
  const firstOptional = fraction.indexOf(digit);
  if (active === "") throw new JsonataError("D3086", { value: text });
  const rules: readonly (readonly [string, boolean])[] = [
    ["D3081", count(decimal) > 1],
    ["D3082", count(percent) > 1],
    ["D3083", count(perMille) > 1],
    ["D3084", count(percent) > 0 && count(perMille) > 0],
    ["D3085", !Array.from(mantissa).some((char) => isDigit(char) || char === digit)],
    ["D3086", Array.from(active).some(isPassive)],
    ["D3087", text.includes(group + decimal) || text.includes(decimal + group)],
    ["D3088", integer.endsWith(group)],
    ["D3089", text.includes(group + group)],
    ["D3090", digitThenOptional],
    ["D3091", firstOptional >= 0 && Array.from(fraction.slice(firstOptional)).some(isDigit)],
    ["D3092", exponent !== undefined && exponent !== "" && count(percent) + count(perMille) > 0],
    ["D3093", exponent !== undefined && (exponent === "" || !Array.from(exponent).every(isDigit))],
  ];
  const broken = rules.find(([, isBroken]) => isBroken);
  if (broken !== undefined) throw new JsonataError(broken[0], { value: text });
}

function sizes(
  { integer, fraction, exponent, family }: Parts,
  { digit }: Symbols,
): Pick<NumberPicture, "scale" | "integerDigits" | "leastDecimals" | "mostDecimals" | "exponentDigits"> {
  const digits = (text: string): number => Array.from(text).filter((char) => family.includes(char)).length;
  const optional = Array.from(fraction).filter((char) => char === digit).length;
  let integerDigits = digits(integer);
  const scale = integerDigits;
  let leastDecimals = digits(fraction);
  let mostDecimals = leastDecimals + optional;
  if (integerDigits === 0 && mostDecimals === 0) {
    if (exponent === undefined) integerDigits = 1;
    else [leastDecimals, mostDecimals] = [1, 1];
  }
  if (exponent !== undefined && integerDigits === 0 && integer.includes(digit)) integerDigits = 1;
  if (integerDigits === 0 && leastDecimals === 0) leastDecimals = 1;
  return { scale, integerDigits, leastDecimals, mostDecimals, exponentDigits: exponent === undefined ? undefined : digits(exponent) };
}

function grouping(
  { integer, fraction, family }: Parts,
  { grouping: group, digit }: Symbols,
): Pick<NumberPicture, "groups" | "regular" | "decimalGroups"> {
  const digits = (text: string): number => Array.from(text).filter((char) => family.includes(char) || char === digit).length;
  const places = (text: string): readonly number[] => Array.from(text).flatMap((char, index) => (char === group ? [index] : []));
  const groups = places(integer).map((index) => digits(integer.slice(index)));
  const step = groups.reduce((common, place) => divisor(common, place), 0);
  const isRegular = step > 0 && groups.every((_, index) => groups.includes((index + 1) * step));
  return { groups, regular: isRegular ? step : 0, decimalGroups: places(fraction).map((index) => digits(fraction.slice(0, index))) };
}

function divisor(left: number, right: number): number {
  return right === 0 ? left : divisor(right, left % right);
}
