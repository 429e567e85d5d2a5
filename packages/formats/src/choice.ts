import {
  describeValue,
  isRecord,
  optionsSchema,
  readOptions,
  unknownKey,
  type Format,
  type FormatDefinition,
  type FormatSurroundings,
  type JsonSchema,
  type OptionSpec,
  type OptionSpecs,
  type OptionType,
} from "@portolan/core";

/** A format as people choose it: by name, or with options of one of Portolan's own. */
export interface FormatChoice {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** The type of an option that names one of these formats: `csv`, or `{ csv: { delimiter: ";" } }`. `others` may be named, too. */
export function formatChoiceOf(definitions: readonly FormatDefinition[], others: "allowed" | "refused"): OptionType<FormatChoice> {
  const names = definitions.map(({ name }) => name);
  return {
    kind: "format",
    expected: 'the name of a format such as json, or a format with options such as { csv: { delimiter: ";" } }',
    schema: { $ref: "#/$defs/format" },
    read(given, context) {
      const value = context.substitute(given);
      if (typeof value === "string" && (others === "allowed" ? value !== "" : names.includes(value))) return { name: value };
      if (typeof value === "string" && value !== "") {
        context.report(unknownKey(value, names));
        return undefined;
      }
      const [name, ...more] = isRecord(value) ? Object.keys(value) : [];
      if (!isRecord(value) || name === undefined || more.length > 0) {
        context.report({ message: "wrong value", expected: this.expected, found: describeValue(value) });
        return undefined;
      }
      const definition = definitions.find((format) => format.name === name);
      if (definition === undefined) {
        context.at(name).report(unknownKey(name, names));
        return undefined;
      }
      const options = readOptions(definition.options, value[name], context.at(name));
      return options === undefined ? undefined : { name, options };
    },
  };
}

const HERE: FormatSurroundings = { directory: "." };

/** A format with options that its specs have read; those left out have their defaults. */
export function createFormat(
  definition: FormatDefinition,
  options: Readonly<Record<string, unknown>> = {},
  surroundings: FormatSurroundings = HERE,
): Format {
  return definition.create({ ...defaultOptions(definition.options), ...options }, surroundings);
}

function defaultOptions(specs: OptionSpecs): Readonly<Record<string, unknown>> {
  const defaults = Object.entries<OptionSpec>(specs).filter(([, spec]) => spec.presence === "default");
  return Object.fromEntries(defaults.map(([name, spec]) => [name, spec.default]));
}

/** What the schema of the option refers to: one for all places where a format is chosen. */
export function choicesSchema(definitions: readonly FormatDefinition[]): JsonSchema {
  return { anyOf: [{ type: "string", minLength: 1 }, ...definitions.map(choiceSchema)] };
}

function choiceSchema({ name, options }: FormatDefinition) {
  return { type: "object", properties: { [name]: optionsSchema(options) }, required: [name], additionalProperties: false };
}
