import { describeValue, isRecord, listNames, optionsSchema, PortolanError, readOptions, unknownKey } from "@portolan/core";
import type { ConnectorServices, Format, FormatDefinition, OptionType } from "@portolan/core";
import { createFormat, formats } from "./formats.ts";

/** A format as people choose it: by name, or with options of one of Portolan's own. */
export interface FormatChoice {
  readonly name: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** The type of an option `format`: `csv`, or `{ csv: { delimiter: ";" } }`. */
export const formatChoice: OptionType<FormatChoice> = {
  kind: "format",
  expected: 'the name of a format such as json, or a format with options such as { csv: { delimiter: ";" } }',
  schema: { anyOf: [{ type: "string", minLength: 1 }, ...formats.map(choiceSchema)] },
  read(given, context) {
    const value = context.substitute(given);
    if (typeof value === "string" && value !== "") return { name: value };
    const [name, ...others] = isRecord(value) ? Object.keys(value) : [];
    if (!isRecord(value) || name === undefined || others.length > 0) {
      context.report({ message: "wrong value", expected: this.expected, found: describeValue(value) });
      return undefined;
    }
    const definition = formats.find((format) => format.name === name);
    if (definition === undefined) {
      context.at(name).report(unknownKey(name, formatNames()));
      return undefined;
    }
    const options = readOptions(definition.options, value[name], context.at(name));
    return options === undefined ? undefined : { name, options };
  },
};

/** The format of a choice. Unknown names throw PORTOLAN_CONFIG_INVALID. */
export function chosenFormat(choice: FormatChoice, services: Pick<ConnectorServices, "format" | "directory">): Format {
  const definition = choice.options === undefined ? undefined : formats.find(({ name }) => name === choice.name);
  const format = definition === undefined ? services.format(choice.name) : createFormat(definition, choice.options, services);
  if (format !== undefined) return format;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `there is no format "${choice.name}": expected one of ${listNames(formatNames())}`);
}

function choiceSchema({ name, options }: FormatDefinition) {
  return { type: "object", properties: { [name]: optionsSchema(options) }, required: [name], additionalProperties: false };
}

function formatNames(): readonly string[] {
  return formats.map(({ name }) => name);
}
