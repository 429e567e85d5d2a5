import { isRecord, type Expression, type OptionSpecs, type OptionType } from "@portolan/core";
import type { Evaluate } from "../pattern.ts";

/** The expressions in the options of a target, by the values that the options hold. */
export function targetExpressions(
  specs: OptionSpecs,
  options: Readonly<Record<string, unknown>>,
  compile: (expression: Expression) => Evaluate,
): ReadonlyMap<unknown, Evaluate> {
  const compiled = new Map<unknown, Evaluate>();
  const visitAll = (inner: OptionSpecs, values: Readonly<Record<string, unknown>>): void => {
    for (const [name, { type }] of Object.entries(inner)) visit(type, values[name]);
  };
  const visit = (type: OptionType<unknown>, value: unknown): void => {
    if (value === undefined) return;
    // The type of this kind reads nothing else.
    if (type.kind === "expression") compiled.set(value, compile(value as Expression));
    else if (type.specs !== undefined && isRecord(value)) visitAll(type.specs, value);
    else if (type.item !== undefined && typeof value === "object" && value !== null)
      for (const one of Object.values(value)) visit(type.item, one);
  };
  visitAll(specs, options);
  return compiled;
}
