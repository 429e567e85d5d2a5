import type { Compile } from "./compiler.ts";
import type { Frame } from "./frame.ts";
import type { Node } from "./tree.ts";
import { isList, isNumber, truth } from "./values.ts";

/** An item and where it is. */
interface Placed {
  readonly item: unknown;
  readonly index: number;
  readonly length: number;
}

/** How often a predicate picks an item: by its place, if it yields numbers, else once if it holds. */
export function compileItemPicker(node: Node, compile: Compile): (placed: Placed, frame: Frame) => number {
  const evaluate = compile(node);
  return ({ item, index, length }, frame) => timesPicked(evaluate(item, frame), index, length);
}

export function timesPicked(value: unknown, index: number, length: number): number {
  if (value === true) return 1;
  if (value === false) return 0;
  const places = typeof value === "number" ? [value] : value;
  if (!isList(places) || places.length === 0 || !places.every((place) => typeof place === "number" && isNumber(place)))
    return truth(value) ? 1 : 0;
  return places.filter((place) => {
    const whole = Math.floor(Number(place));
    return (whole < 0 ? whole + length : whole) === index;
  }).length;
}
