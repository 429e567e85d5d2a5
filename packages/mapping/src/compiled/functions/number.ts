import { JsonataError } from "../errors.ts";
import { type FunctionValue, truth } from "../values.ts";
import { builtin } from "./builtin.ts";

type Numbers = readonly number[] | undefined;
type Value = number | undefined;

export const numberFunctions: readonly FunctionValue[] = [
  builtin<[Numbers]>(["sum", "<a<n>:n>"], ([list]) => list?.reduce((sum, item) => sum + item, 0)),
  builtin<[Numbers]>(["max", "<a<n>:n>"], ([list]) => (list?.length ? list.reduce((most, item) => Math.max(most, item)) : undefined)),
  builtin<[Numbers]>(["min", "<a<n>:n>"], ([list]) => (list?.length ? list.reduce((least, item) => Math.min(least, item)) : undefined)),
  builtin<[Numbers]>(["average", "<a<n>:n>"], ([list]) =>
    list?.length ? list.reduce((sum, item) => sum + item, 0) / list.length : undefined,
  ),
  builtin<[unknown]>(["number", "<(nsb)-:n>"], ([value]) => toNumber(value)),
  builtin<[Value]>(["floor", "<n-:n>"], ([value]) => (value === undefined ? undefined : Math.floor(value))),
  builtin<[Value]>(["ceil", "<n-:n>"], ([value]) => (value === undefined ? undefined : Math.ceil(value))),
  builtin<[Value]>(["abs", "<n-:n>"], ([value]) => (value === undefined ? undefined : Math.abs(value))),
  builtin<[Value, Value]>(["round", "<n-n?:n>"], ([value, digits]) => (value === undefined ? undefined : round(value, digits ?? 0))),
  builtin<[Value]>(["sqrt", "<n-:n>"], ([value]) => {
    if (value === undefined) return undefined;
    if (value < 0) throw new JsonataError("D3060", { value });
    return Math.sqrt(value);
  }),
  builtin<[Value, number]>(["power", "<n-n:n>"], ([base, exponent]) => {
    if (base === undefined) return undefined;
    const result = base ** exponent;
    if (!Number.isFinite(result)) throw new JsonataError("D3061", { value: base });
    return result;
  }),
  builtin<[]>(["random", "<:n>"], (_args, { frame }) => frame.run.random()),
  builtin<[Value, Value]>(["formatBase", "<n-n?:s>"], ([value, radix]) => {
    if (value === undefined) return undefined;
    const base = radix === undefined ? 10 : round(radix, 0);
    if (base < 2 || base > 36) throw new JsonataError("D3100", { value: base });
    return round(value, 0).toString(base);
  }),
  builtin<[unknown]>(["boolean", "<x-:b>"], ([value]) => (value === undefined ? undefined : truth(value))),
  builtin<[unknown]>(["not", "<x-:b>"], ([value]) => (value === undefined ? undefined : !truth(value))),
];

function toNumber(value: unknown): number | undefined {
  if (value === undefined || typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  const isSpelled =
    typeof value === "string" &&
    (/^-?[0-9]+(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?$/.test(value) || /^0(?:[xX][0-9A-Fa-f]+|[oO][0-7]+|[bB][01]+)$/.test(value));
  const number = isSpelled ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) throw new JsonataError("D3030", { value });
  return number;
}

/** Rounds halves to the even neighbour. Shifting the exponent in decimal keeps binary fractions out of it. */
function round(value: number, digits: number): number {
  const shifted = shift(value, digits);
  let result = Math.round(shifted);
  if (Math.abs(result - shifted) === 0.5 && Math.abs(result % 2) === 1) result -= 1;
  const back = shift(result, -digits);
  return Object.is(back, -0) ? 0 : back;
}

function shift(value: number, digits: number): number {
  const [mantissa, exponent] = String(value).split("e");
  return Number(`${mantissa}e${Number(exponent ?? 0) + digits}`);
}
