import { isStandardSchema, type Contract } from "./contract.ts";
import type { SourceNode, StepNode, TargetNode } from "./definition.ts";
import { parseDuration } from "./duration.ts";
import { isLanguageExpression, type Expression } from "./expression.ts";
import {
  describeValue,
  isRecord,
  type JsonSchema,
  listNames,
  optionsSchema,
  readOptions,
  type OptionSpecs,
  type OptionsOf,
  type OptionType,
  type ReadContext,
} from "./options.ts";

const DURATION_SCHEMA = {
  oneOf: [
    { type: "number", minimum: 0 },
    { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?(ms|s|m|h|d)$" },
  ],
};

/** Text. `${NAME}` in it is replaced by the environment variable NAME. */
export const text: OptionType<string> = {
  kind: "text",
  expected: "a text",
  schema: { type: "string" },
  read(given, context) {
    const value = context.substitute(given);
    return typeof value === "string" ? withVariables(value, context) : mismatch(this, value, context);
  },
};

/** Text that is taken as it stands: patterns, names, expressions' texts. */
export const name: OptionType<string> = simple({ kind: "name", expected: "a name", schema: { type: "string", minLength: 1 } }, (value) =>
  typeof value === "string" && value !== "" ? value : undefined,
);

export const boolean: OptionType<boolean> = simple({ kind: "boolean", expected: "true or false", schema: { type: "boolean" } }, (value) =>
  typeof value === "boolean" ? value : undefined,
);

/** Any data, as it is. */
export const anything: OptionType<unknown> = simple({ kind: "any", expected: "any value", schema: {} }, (value) => value);

/** Milliseconds, from a number or a text such as `10s`. */
export const duration: OptionType<number> = simple(
  { kind: "duration", expected: "a duration such as 500ms, 10s or 5m", schema: DURATION_SCHEMA },
  parseDuration,
);

/** A number of bytes, from a number or a text such as `64kb` (1024 bytes each) or `1mb`. */
export const bytes: OptionType<number> = simple(
  {
    kind: "bytes",
    expected: "a size such as 64kb or 1mb",
    schema: {
      oneOf: [
        { type: "integer", minimum: 0 },
        { type: "string", pattern: "^[0-9]+(b|kb|mb|gb)$" },
      ],
    },
  },
  (value) => {
    if (typeof value === "number") return Number.isInteger(value) && value >= 0 ? value : undefined;
    const match = typeof value === "string" ? /^(\d+)(b|kb|mb|gb)$/.exec(value) : null;
    return match ? Number(match[1]) * 1024 ** ["b", "kb", "mb", "gb"].indexOf(match[2] ?? "b") : undefined;
  },
);

/** What the JSON Schema of flow files calls an expression. */
export const expressionSchema: JsonSchema = {
  oneOf: [
    { type: ["string", "number", "boolean", "null"], description: "JSONata, or a constant" },
    {
      type: "object",
      description: "An expression in another language",
      properties: { language: { type: "string" }, text: { type: "string" } },
      required: ["language", "text"],
      additionalProperties: false,
    },
    {
      type: "object",
      description: "A mapping table",
      properties: {
        table: {
          oneOf: [
            { type: "string", description: "The path of its file" },
            { type: "array", items: mappingRowSchema() },
          ],
        },
      },
      required: ["table"],
      additionalProperties: false,
    },
  ],
};

export const expression: OptionType<Expression> = simple(
  {
    kind: "expression",
    expected: "an expression: JSONata text, a number, a boolean, null, { table } or { language, text }",
    schema: { $ref: "#/$defs/expression" },
  },
  (value) => readExpression(value),
);

export const steps: OptionType<readonly StepNode[]> = {
  kind: "steps",
  expected: "a list of steps",
  schema: { $ref: "#/$defs/steps" },
  // The nested reader of this name yields nothing else.
  read: (value, context) => context.nested.steps(value, context) as readonly StepNode[] | undefined,
};

export const target: OptionType<TargetNode> = {
  kind: "target",
  expected: "a target such as { channel: NAME } or { route: ID }",
  schema: { $ref: "#/$defs/target" },
  // The nested reader of this name yields nothing else.
  read: (value, context) => context.nested.target(value, context) as TargetNode | undefined,
};

export const source: OptionType<SourceNode> = {
  kind: "source",
  expected: "a source such as { channel: NAME }",
  schema: { $ref: "#/$defs/source" },
  // The nested reader of this name yields nothing else.
  read: (value, context) => context.nested.source(value, context) as SourceNode | undefined,
};

export const contract: OptionType<Contract> = simple(
  {
    kind: "contract",
    expected: "a contract: a path to a schema document (JSON Schema, Avro, Protobuf, XSD), a JSON Schema, or a Standard Schema value",
    schema: { oneOf: [{ type: "string" }, { type: "object" }, { type: "boolean" }] },
  },
  (value) => {
    if (isStandardSchema(value)) return value as Contract;
    if (typeof value === "string") return { path: value };
    if (!isRecord(value)) return typeof value === "boolean" ? { jsonSchema: value } : undefined;
    // As a definition holds it; taken for a schema, it would be one of an unknown keyword, which accepts everything.
    const { jsonSchema, ...others } = value;
    if (Object.keys(others).length > 0 || !(isRecord(jsonSchema) || typeof jsonSchema === "boolean")) return { jsonSchema: value };
    return { jsonSchema };
  },
);

/** `10s` is a duration, any other text is an expression that yields milliseconds. */
export const durationOrExpression: OptionType<number | Expression> = {
  kind: "durationOrExpression",
  expected: "a duration such as 10s, or an expression that yields milliseconds",
  schema: { anyOf: [DURATION_SCHEMA, expression.schema] },
  read(given, context) {
    const value = typeof given === "string" && /^\{\{\w+\}\}$/.test(given) ? context.substitute(given) : given;
    return parseDuration(value) ?? (typeof value === "number" ? value : expression.read(value, context));
  },
};

export function number(range: Range = {}): OptionType<number> {
  return numeric({ kind: "number", expected: "a number" }, range, Number.isFinite);
}

export function integer(range: Range = {}): OptionType<number> {
  return numeric({ kind: "integer", expected: "a whole number" }, range, Number.isInteger);
}

export function oneOf<const Values extends readonly (string | number | boolean)[]>(...values: Values): OptionType<Values[number]> {
  const names = listNames(values.map(String));
  return simple({ kind: "oneOf", expected: values.length === 1 ? names : `one of ${names}`, schema: { enum: values } }, (value) =>
    values.includes(value as Values[number]) ? (value as Values[number]) : undefined,
  );
}

export function listOf<T>(item: OptionType<T>): OptionType<readonly T[]> {
  return {
    kind: "list",
    expected: `a list, each ${item.expected}`,
    schema: { type: "array", items: item.schema },
    item,
    read(given, context) {
      const value = context.substitute(given);
      if (!Array.isArray(value)) return mismatch(this, value, context);
      const items = value.map((entry, index) => item.read(entry, context.at(index)));
      return items.includes(undefined) ? undefined : (items as T[]);
    },
  };
}

/** One value or a list of them; yields a list. */
export function oneOrMore<T>(item: OptionType<T>): OptionType<readonly T[]> {
  const list = listOf(item);
  return {
    kind: "oneOrMore",
    expected: `${item.expected}, or a list of such`,
    schema: { anyOf: [item.schema, list.schema] },
    item,
    read(given, context) {
      const value = context.substitute(given);
      if (Array.isArray(value)) return list.read(value, context);
      const single = item.read(value, context);
      return single === undefined ? undefined : [single];
    },
  };
}

export function mapOf<T>(item: OptionType<T>): OptionType<Readonly<Record<string, T>>> {
  return {
    kind: "map",
    expected: `a map of names, each ${item.expected}`,
    schema: { type: "object", additionalProperties: item.schema },
    item,
    read(given, context) {
      const value = context.substitute(given);
      if (!isRecord(value)) return mismatch(this, value, context);
      const entries = Object.entries(value).map(
        ([key, entry]) => [String(context.substitute(key)), item.read(entry, context.at(key))] as const,
      );
      return entries.some(([, entry]) => entry === undefined) ? undefined : Object.fromEntries(entries as [string, T][]);
    },
  };
}

export function object<Specs extends OptionSpecs>(specs: Specs): OptionType<OptionsOf<Specs>> {
  return {
    kind: "object",
    expected: `a map with ${listNames(Object.keys(specs))}`,
    schema: optionsSchema(specs),
    specs,
    read: (value, context) => readOptions(specs, context.substitute(value), context),
  };
}

/** Either of two types: the first whose shape fits. `isFirst` tells by the raw value. */
export function either<A, B>(first: OptionType<A>, isFirst: (value: unknown) => boolean, second: OptionType<B>): OptionType<A | B> {
  return {
    kind: "either",
    expected: `${first.expected}, or ${second.expected}`,
    schema: { anyOf: [first.schema, second.schema] },
    read(given, context) {
      const value = context.substitute(given);
      return isFirst(value) ? first.read(value, context) : second.read(value, context);
    },
  };
}

/** An expression as people write it, or undefined if it is none. Text is JSONata. */
export function readExpression(value: unknown): Expression | undefined {
  if (typeof value === "function") return value as Expression;
  if (typeof value === "string") return { language: "jsonata", text: value };
  if (value === null || typeof value === "number" || typeof value === "boolean") return { constant: value };
  if (isLanguageExpression(value) && typeof value.language === "string" && typeof value.text === "string")
    return { language: value.language, text: value.text };
  if (!isRecord(value)) return undefined;
  if ("table" in value) return readTable(value);
  return "constant" in value ? { constant: value["constant"] } : undefined;
}

/** A table is a language like any other; whether its rows are right is for that language to say. */
function readTable({ table, ...others }: Readonly<Record<string, unknown>>): Expression | undefined {
  if (Object.keys(others).length > 0 || (typeof table !== "string" && !Array.isArray(table))) return undefined;
  return { language: "table", text: typeof table === "string" ? table : JSON.stringify(table) };
}

function mappingRowSchema(): JsonSchema {
  return {
    type: "object",
    properties: {
      to: { type: "string", description: "The target, such as customer.name, lines[] or lines[].sku" },
      from: { type: "string", description: "A path in the source, in a list relative to its item" },
      expression: { type: "string", description: "JSONata instead of a path" },
      constant: { description: "A value instead of a source" },
      lookup: { type: "string", description: "The value map through which the value goes" },
      default: { description: "Stands for nothing and for null" },
      required: { type: "boolean", description: "Nothing and null are an error" },
      note: { type: "string" },
    },
    required: ["to"],
    additionalProperties: false,
  };
}

type Range = { readonly min?: number; readonly max?: number };
type Words = Pick<OptionType<unknown>, "kind" | "expected">;

function numeric({ kind, expected }: Words, range: Range, fits: (value: number) => boolean): OptionType<number> {
  const bounds = [range.min === undefined ? "" : ` of at least ${range.min}`, range.max === undefined ? "" : ` up to ${range.max}`].join(
    "",
  );
  const schema = {
    type: kind,
    ...(range.min === undefined ? {} : { minimum: range.min }),
    ...(range.max === undefined ? {} : { maximum: range.max }),
  };
  return simple({ kind, expected: expected + bounds, schema }, (value) =>
    typeof value === "number" && fits(value) && value >= (range.min ?? -Infinity) && value <= (range.max ?? Infinity) ? value : undefined,
  );
}

/** A type whose reader answers undefined for a wrong value, which is then reported in the type's words. */
function simple<T>(words: Omit<OptionType<T>, "read">, read: (value: unknown, context: ReadContext) => T | undefined): OptionType<T> {
  return {
    ...words,
    read(given, context) {
      // In expressions a parameter is read from the attributes; everywhere else it is put in.
      const value = words.kind === "expression" ? given : context.substitute(given);
      const result = read(value, context);
      return result === undefined ? mismatch(this, value, context) : result;
    },
  };
}

function mismatch(type: OptionType<unknown>, value: unknown, context: ReadContext): undefined {
  context.report({ message: "wrong value", expected: type.expected, found: describeValue(value) });
  return undefined;
}

/** Undefined if one of the variables is not set, which the context has reported then. */
function withVariables(value: string, context: ReadContext): string | undefined {
  let isComplete = true;
  const filled = value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_whole, variable: string) => {
    const found = context.variable(variable);
    isComplete &&= found !== undefined;
    return found ?? "";
  });
  return isComplete ? filled : undefined;
}
