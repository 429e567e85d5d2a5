import type { Format, FormatDefinition, OptionSpec, OptionSpecs, OptionsOf } from "@portolan/core";
import { bytesFormat } from "./bytes/bytes.ts";
import { csvFormat } from "./csv/csv.ts";
import { jsonFormat } from "./json/json.ts";
import { ndjsonFormat } from "./ndjson/ndjson.ts";
import { charsetNamed } from "./text/charset.ts";
import { textFormat } from "./text/text.ts";

export const formats: readonly FormatDefinition[] = [jsonFormat, ndjsonFormat, csvFormat, textFormat, bytesFormat];

/** The formats that connectors ask for: `ConnectorServices` takes its two functions from here. */
export interface Formats {
  readonly definitions: readonly FormatDefinition[];
  /** The format of a name, with its default options. */
  format(name: string): Format | undefined;
  /** The format of a media type such as `text/csv; charset=iso-8859-1` or `application/problem+json`. */
  formatFor(mediaType: string): Format | undefined;
  /** The format of a file name, by its extension. */
  formatOfFile(file: string): Format | undefined;
}

/** `more` are the formats of an app's own; they come before those of Portolan. */
export function createFormats(more: readonly FormatDefinition[] = []): Formats {
  const definitions = [...more, ...formats];
  const made = new Map<string, Format>();

  function make(definition: FormatDefinition | undefined, charset?: string): Format | undefined {
    if (definition === undefined) return undefined;
    const key = `${definition.name} ${charset ?? ""}`;
    const known = made.get(key);
    if (known) return known;
    const format = createFormat(definition, charset === undefined ? {} : { charset });
    made.set(key, format);
    return format;
  }

  return {
    definitions,
    format: (name) => make(definitions.find((definition) => definition.name === name)),
    formatFor(mediaType) {
      const { name, charset: label } = parseMediaType(mediaType);
      const definition = definitions.find((one) => one.mediaTypes.includes(name)) ?? (name.endsWith("+json") ? jsonFormat : undefined);
      if (definition === undefined || label === undefined) return make(definition);
      const charset = charsetNamed(label);
      // A format without a choice of charset is UTF-8.
      if (!("charset" in definition.options)) return charset === "utf-8" ? make(definition) : undefined;
      return charset === undefined ? undefined : make(definition, charset);
    },
    formatOfFile(file) {
      const extension = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase();
      return extension === undefined ? undefined : make(definitions.find((definition) => definition.extensions.includes(extension)));
    },
  };
}

/** A format with options that its specs have read; those left out have their defaults. */
export function createFormat(definition: FormatDefinition, options: Readonly<Record<string, unknown>> = {}): Format {
  return definition.create({ ...defaultOptions(definition.options), ...options });
}

function defaultOptions(specs: OptionSpecs): OptionsOf<OptionSpecs> {
  const defaults = Object.entries<OptionSpec>(specs).filter(([, spec]) => spec.presence === "default");
  return Object.fromEntries(defaults.map(([name, spec]) => [name, spec.default]));
}

/** RFC 9110, section 8.3.1: names ignore case, parameters may be quoted. */
function parseMediaType(text: string): { readonly name: string; readonly charset: string | undefined } {
  const [name = "", ...parameters] = text.split(";");
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/i.exec(parameter)?.[1])
    .find((value) => value !== undefined);
  return { name: name.trim().toLowerCase(), charset };
}
