import { PortolanError } from "@portolan/core";

/** What every cleansing function takes: without `otherwise` a value that cannot be cleaned is an error. */
export interface CleanOptions {
  /** Stands for a value that cannot be cleaned. */
  readonly otherwise?: unknown;
}

/** What a rule says of a text: its clean form, or why there is none. */
export type Cleaned<Value = string> = { readonly value: Value } | { readonly reason: string };

export interface CleaningRule<Options extends CleanOptions, Value> {
  readonly name: string;
  /** What the rule reads, such as `a telephone number`. */
  readonly expected: string;
  clean(text: string, options: Options): Cleaned<Value>;
}

/** A function that answers nothing for nothing, the clean form of a text (or of a number, as text), `otherwise`, or fails with PORTOLAN_VALUE_INVALID. */
export function cleaner<Options extends CleanOptions, Value>(
  rule: CleaningRule<Options, Value>,
): (value: unknown, options?: Options) => unknown {
  return (value, options) => {
    if (value === undefined) return undefined;
    // Only `otherwise` is common to all rules, and none needs an option.
    const given = options ?? ({} as Options);
    const result = typeof value === "string" || typeof value === "number" ? rule.clean(String(value), given) : { reason: "it is no text" };
    if ("value" in result) return result.value;
    if (Object.hasOwn(given, "otherwise")) return given.otherwise;
    throw new PortolanError("PORTOLAN_VALUE_INVALID", `$${rule.name}: expected ${rule.expected}, found ${shown(value)}: ${result.reason}`, {
      hint: `mend the value at its sender, or say what stands for it: $${rule.name}(value, { "otherwise": null })`,
    });
  };
}

/** Enough of a value to find it again. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
