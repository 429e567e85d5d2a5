import type { Finding } from "./portolan-error.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The type of an option: how a value is read and checked, and its JSON Schema. `read` reports what is wrong
 * to the context and answers undefined then.
 */
export interface OptionType<T> {
  readonly kind: string;
  /** What a value must be, in words that follow "expected", such as `a duration such as 10s`. */
  readonly expected: string;
  readonly schema: JsonSchema;
  /** Of a map with known keys: its options. */
  readonly specs?: OptionSpecs;
  /** Of a list or a map of names: the type of each value. */
  readonly item?: OptionType<unknown>;
  read(value: unknown, context: ReadContext): T | undefined;
}

type Presence = "required" | "optional" | "default";

/** One option of a pattern, connector or format: the single source of its type, default, docs and form. */
export interface OptionSpec<T = unknown, P extends Presence = Presence> {
  readonly type: OptionType<T>;
  readonly presence: P;
  readonly description: string;
  readonly default?: T;
  /** Never logged, traced or shown. */
  readonly secret?: boolean;
  readonly example?: unknown;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

type Value<S> = S extends OptionSpec<infer T, Presence> ? T : never;
type Present<S> = S extends { readonly presence: "optional" } ? false : true;

/** The options that `readOptions` yields for these specs. */
export type OptionsOf<Specs extends OptionSpecs> = {
  readonly [K in keyof Specs as Present<Specs[K]> extends true ? K : never]: Value<Specs[K]>;
} & {
  readonly [K in keyof Specs as Present<Specs[K]> extends true ? never : K]?: Value<Specs[K]> | undefined;
};

/** Where a value stands, where findings go, and how nested definitions are read. */
export interface ReadContext {
  readonly path: string;
  at(segment: string | number): ReadContext;
  report(finding: Omit<Finding, "path" | "place">): void;
  /** The value of an environment variable; reports it if it is not set. */
  variable(name: string): string | undefined;
  /** A value with the parameters of the template put in: `{{p}}` in a text, or the parameter's value for a text that is only that. */
  substitute(value: unknown): unknown;
  readonly nested: NestedReaders;
}

/**
 * Readers for what only the engine knows: step nodes, a target node, a source node. The option types of the same names
 * say so in their types; here it would close a circle from options to connectors and back.
 */
export interface NestedReaders {
  steps(value: unknown, context: ReadContext): unknown;
  target(value: unknown, context: ReadContext): unknown;
  source(value: unknown, context: ReadContext): unknown;
}

type Extras = { readonly secret?: boolean; readonly example?: unknown };

export function required<T>(type: OptionType<T>, description: string, extras: Extras = {}): OptionSpec<T, "required"> {
  return { type, presence: "required", description, ...extras };
}

export function optional<T>(type: OptionType<T>, description: string, extras: Extras = {}): OptionSpec<T, "optional"> {
  return { type, presence: "optional", description, ...extras };
}

export function withDefault<T>(type: OptionType<T>, value: T, description: string): OptionSpec<T, "default"> {
  return { type, presence: "default", default: value, description };
}

/** Reads a map of options: unknown keys, missing required ones and wrong values are reported. Undefined if anything was. */
export function readOptions<Specs extends OptionSpecs>(specs: Specs, value: unknown, context: ReadContext): OptionsOf<Specs> | undefined {
  if (!isRecord(value)) {
    context.report({
      message: "options must be a map",
      expected: `a map with ${listNames(Object.keys(specs))}`,
      found: describeValue(value),
    });
    return undefined;
  }
  let complete = true;
  for (const name of Object.keys(value)) {
    if (value[name] !== undefined && !Object.hasOwn(specs, name)) {
      context.at(name).report(unknownKey(name, Object.keys(specs)));
      complete = false;
    }
  }
  const options: Record<string, unknown> = {};
  for (const name of Object.keys(specs)) {
    const spec = specs[name] as OptionSpec;
    const given = value[name];
    if (given === undefined) {
      if (spec.presence === "required") {
        context.report({ message: `option "${name}" is missing`, expected: `${name}: ${spec.type.expected}`, found: "nothing" });
        complete = false;
      } else if (spec.presence === "default") options[name] = spec.default;
      continue;
    }
    const read = spec.type.read(given, context.at(name));
    if (read === undefined) complete = false;
    else options[name] = read;
  }
  // Every key was read by the type of its own spec.
  return complete ? (options as OptionsOf<Specs>) : undefined;
}

/** A finding for a key that nobody knows, with the nearest known one as hint. */
export function unknownKey(name: string, known: readonly string[]): Omit<Finding, "path" | "place"> {
  const nearest = nearestName(name, known);
  return {
    message: `unknown key "${name}"`,
    expected: known.length === 0 ? "no key" : `one of ${listNames(known)}`,
    found: name,
    ...(nearest === undefined ? {} : { hint: `did you mean "${nearest}"?` }),
  };
}

/** The JSON Schema of a map of options. */
export function optionsSchema(specs: OptionSpecs): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const [name, spec] of Object.entries(specs) as [string, OptionSpec][]) {
    properties[name] = {
      ...spec.type.schema,
      description: spec.description,
      ...(spec.default === undefined || typeof spec.default === "function" ? {} : { default: spec.default }),
      ...(spec.example === undefined ? {} : { examples: [spec.example] }),
    };
  }
  const names = Object.entries(specs).filter(([, spec]) => spec.presence === "required");
  return {
    type: "object",
    properties,
    ...(names.length === 0 ? {} : { required: names.map(([name]) => name) }),
    additionalProperties: false,
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listNames(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "nothing") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** A value in a few words, for error messages. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return `a map with ${listNames(Object.keys(value).slice(0, 5))}`;
  if (typeof value === "function") return "a function";
  const text = JSON.stringify(value) ?? String(value);
  return `${typeof value === "string" ? "the text" : `the ${typeof value}`} ${text.length > 60 ? `${text.slice(0, 57)}…` : text}`;
}

/** The known name that differs least from a misspelt one, if it is near enough. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
