import type { JsonSchema } from "@portolan/core";
import type { Draw } from "./draw.ts";

/** How far from its lower limit a number is drawn that has no upper one. */
const SPAN = 100;

/** A number in the limits of a schema; whole if it is to be. */
export function sampleNumber(schema: JsonSchema, isWhole: boolean, draw: Draw): number {
  const { multipleOf } = schema;
  const step = typeof multipleOf === "number" && multipleOf > 0 ? multipleOf : isWhole ? 1 : 0;
  const [above, below] = [numberIn(schema, "exclusiveMinimum"), numberIn(schema, "exclusiveMaximum")];
  const [least, most] = [numberIn(schema, "minimum"), numberIn(schema, "maximum")];
  const low = Math.max(least ?? -Infinity, above ?? -Infinity);
  const high = Math.min(most ?? Infinity, below ?? Infinity);
  const from = low > -Infinity ? low : high < Infinity ? Math.min(0, high - SPAN) : 0;
  const to = high < Infinity ? high : from + SPAN * Math.max(step, 1);
  const isOut = (value: number): boolean => (above !== undefined && value <= above) || (below !== undefined && value >= below);
  if (step === 0) {
    const value = from + ((to - from) * draw.between(1, 99)) / SPAN;
    // As people write numbers, where the limits leave room for that.
    const short = Math.round(value * SPAN) / SPAN;
    return short >= from && short <= to && !isOut(short) ? short : value;
  }
  let first = Math.ceil(from / step);
  let last = Math.floor(to / step);
  if (isOut(first * step)) first += 1;
  if (isOut(last * step)) last -= 1;
  return Number((draw.between(first, Math.max(first, Math.min(last, first + SPAN))) * step).toPrecision(15));
}

function numberIn(schema: JsonSchema, key: string): number | undefined {
  const value = schema[key];
  return typeof value === "number" ? value : undefined;
}
