import { listNames, PortolanError } from "@portolan/core";
import type { ConnectorServices, Format, JsonSchema, OptionType } from "@portolan/core";
import { formats } from "./formats.ts";
import { choicesSchema, createFormat, formatChoiceOf, type FormatChoice } from "./choice.ts";

/** The type of an option `format`: `csv`, or `{ csv: { delimiter: ";" } }`. */
export const formatChoice: OptionType<FormatChoice> = formatChoiceOf(formats, "allowed");

/** The schema of that option, which flow files hold once: under `$defs.format`. */
export const formatSchema: JsonSchema = choicesSchema(formats);

/** The format of a choice. Unknown names throw PORTOLAN_CONFIG_INVALID. */
export function chosenFormat(choice: FormatChoice, services: Pick<ConnectorServices, "format" | "directory">): Format {
  const definition = choice.options === undefined ? undefined : formats.find(({ name }) => name === choice.name);
  const format = definition === undefined ? services.format(choice.name) : createFormat(definition, choice.options, services);
  if (format !== undefined) return format;
  const names = listNames(formats.map(({ name }) => name));
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `there is no format "${choice.name}": expected one of ${names}`);
}
