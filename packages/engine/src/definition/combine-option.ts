import { describeValue, isRecord, option, optional, required, type Expression, type OptionType } from "@portolan/core";

/** What becomes of several results: flow-format section 5. */
export type CombineOption =
  | "original"
  | "last"
  | "first"
  | "list"
  | "object"
  | "merge"
  | { readonly join: string }
  | { readonly fold: Expression; readonly initial?: Expression | undefined };

export type CombineName = Extract<CombineOption, string>;

/** The option type of a pattern's `combine`; `names` are the plain ones it allows. */
export function combineOption(names: readonly CombineName[]): OptionType<CombineOption> {
  const join = option.object({ join: required({ ...option.name, read: readText }, "The text between the bodies") });
  const fold = option.object({
    fold: required(option.expression, "The new value of `acc`, for each result"),
    initial: optional(option.expression, "The first value of `acc`, evaluated once on the message that came in"),
  });
  const plain = option.oneOf(...names);
  return {
    kind: "combine",
    expected: `one of ${names.join(", ")}, or { join: TEXT } or { fold: EXPR, initial: EXPR }`,
    schema: { anyOf: [plain.schema, join.schema, fold.schema] },
    read(given, context) {
      const value = context.substitute(given);
      if (typeof value === "function") return { fold: value as Expression };
      if (isRecord(value) && "join" in value) return join.read(value, context);
      if (isRecord(value) && "fold" in value) return fold.read(value, context);
      if (typeof value === "string" && (names as readonly string[]).includes(value)) return value as CombineName;
      context.report({ message: "wrong value", expected: this.expected, found: describeValue(value) });
      return undefined;
    },
  };
}

function readText(given: unknown, context: Parameters<OptionType<string>["read"]>[1]): string | undefined {
  const value = context.substitute(given);
  if (typeof value === "string") return value;
  context.report({ message: "wrong value", expected: "a text", found: describeValue(value) });
  return undefined;
}
