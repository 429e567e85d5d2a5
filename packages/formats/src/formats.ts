import {
  PortolanError,
  readOptions,
  type Finding,
  type Format,
  type FormatDefinition,
  type FormatSurroundings,
  type OptionSpec,
  type ReadContext,
} from "@portolan/core";
import { readAppFile } from "./app-file.ts";
import { avroFormat } from "./avro/avro.ts";
import { avroSchemaFormat } from "./avro-schema/avro-schema.ts";
import { bytesFormat } from "./bytes/bytes.ts";
import { csvFormat, tsvFormat } from "./csv/csv.ts";
import { ediX12Format } from "./edi-x12/edi-x12.ts";
import { edifactFormat } from "./edifact/edifact.ts";
import { fixedFormat } from "./fixed/fixed.ts";
import { hl7Format } from "./hl7/hl7.ts";
import { jsonFormat } from "./json/json.ts";
import { createGzipFormat } from "./gzip/gzip.ts";
import { multipartFormat } from "./multipart/multipart.ts";
import { formFormat } from "./form/form.ts";
import { yamlFormat } from "./yaml/yaml.ts";
import { createZipFormat } from "./zip/zip.ts";
import { createFormat } from "./choice.ts";
import { ndjsonFormat } from "./ndjson/ndjson.ts";
import { protoFormat } from "./proto/proto.ts";
import { protobufFormat } from "./protobuf/protobuf.ts";
import { charsetNamed } from "./text/charset.ts";
import { textFormat } from "./text/text.ts";
import { xlsxFormat } from "./xlsx/xlsx.ts";
import { tradacomsFormat } from "./tradacoms/tradacoms.ts";
import { xmlFormat } from "./xml/xml.ts";
import { xsdFormat } from "./xsd-schema/xsd-schema.ts";

/** Those that hold no other. */
const plainFormats: readonly FormatDefinition[] = [
  jsonFormat,
  ndjsonFormat,
  csvFormat,
  tsvFormat,
  textFormat,
  bytesFormat,
  ediX12Format,
  edifactFormat,
  tradacomsFormat,
  hl7Format,
  fixedFormat,
  xmlFormat,
  xsdFormat,
  yamlFormat,
  formFormat,
  multipartFormat,
  avroFormat,
  avroSchemaFormat,
  protobufFormat,
  xlsxFormat,
  protoFormat,
];

export const formats: readonly FormatDefinition[] = [...plainFormats, createGzipFormat(plainFormats), createZipFormat(plainFormats)];

/** RFC 6839: what media types such as `application/soap+xml` are made of. */
const SUFFIXES: ReadonlyMap<string, FormatDefinition> = new Map([
  ["+json", jsonFormat],
  ["+xml", xmlFormat],
  ["+yaml", yamlFormat],
]);

/** The formats that connectors ask for: `ConnectorServices` takes its two functions from here. */
export interface Formats {
  readonly definitions: readonly FormatDefinition[];
  readonly formatNames: readonly string[];
  /** The format of a name. Its options, as people write them, are read by its specs: PORTOLAN_CONFIG_INVALID says what is wrong. */
  format(name: string, options?: Readonly<Record<string, unknown>>): Format | undefined;
  /** The format of a media type such as `text/csv; charset=iso-8859-1` or `application/problem+json`. */
  formatFor(mediaType: string): Format | undefined;
  /** The format of a file name, by its extension. */
  formatOfFile(file: string): Format | undefined;
  /** The content of a file, decoded in the format of its name. */
  readFile(path: string): unknown;
}

/** `more` are the formats of an app's own; they come before those of Portolan. Paths of options start in the directory. */
export function createFormats(more: readonly FormatDefinition[] = [], surroundings: FormatSurroundings = { directory: "." }): Formats {
  const definitions = [...more, ...formats];
  const made = new Map<string, Format>();

  function make(definition: FormatDefinition | undefined, charset?: string): Format | undefined {
    // A media type or a file's name cannot say what an option has to.
    if (definition === undefined || hasRequired(definition)) return undefined;
    const key = `${definition.name} ${charset ?? ""}`;
    const known = made.get(key);
    if (known) return known;
    const format = createFormat(definition, charset === undefined ? {} : { charset }, surroundings);
    made.set(key, format);
    return format;
  }

  function definitionOfFile(file: string): FormatDefinition | undefined {
    const extension = /\.([^./\\]+)$/.exec(file)?.[1]?.toLowerCase();
    return extension === undefined ? undefined : definitions.find((definition) => definition.extensions.includes(extension));
  }

  function formatOfFile(file: string): Format | undefined {
    const definition = definitionOfFile(file);
    // `orders.csv.gz` is CSV within gzip.
    const within = definition?.name === "gzip" ? definitionOfFile(file.slice(0, file.lastIndexOf("."))) : undefined;
    if (definition === undefined || within === undefined || !plainFormats.includes(within)) return make(definition);
    return createFormat(definition, { format: { name: within.name } }, surroundings);
  }

  return {
    definitions,
    formatNames: definitions.map(({ name }) => name),
    format(name, options) {
      const definition = definitions.find((one) => one.name === name);
      const isPlain = options === undefined || Object.keys(options).length === 0;
      if (definition === undefined || (isPlain && !hasRequired(definition))) return make(definition);
      return createFormat(definition, readFormatOptions(definition, options ?? {}), surroundings);
    },
    formatFor(mediaType) {
      const { name, charset: label } = parseMediaType(mediaType);
      const definition = definitions.find((one) => one.mediaTypes.includes(name)) ?? SUFFIXES.get(name.slice(name.lastIndexOf("+")));
      if (definition === undefined || label === undefined) return make(definition);
      const charset = charsetNamed(label);
      // A format without a choice of charset is UTF-8.
      if (!("charset" in definition.options)) return charset === "utf-8" ? make(definition) : undefined;
      return charset === undefined ? undefined : make(definition, charset);
    },
    formatOfFile,
    readFile: (path) => readAppFile(path, { directory: surroundings.directory, format: formatOfFile(path) }),
  };
}

function hasRequired({ options }: FormatDefinition): boolean {
  return Object.values<OptionSpec>(options).some(({ presence }) => presence === "required");
}

/** RFC 9110, section 8.3.1: names ignore case, parameters may be quoted. */
function parseMediaType(text: string): { readonly name: string; readonly charset: string | undefined } {
  const [name = "", ...parameters] = text.split(";");
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"]*?)"?\s*$/i.exec(parameter)?.[1])
    .find((value) => value !== undefined);
  return { name: name.trim().toLowerCase(), charset };
}

/** Options as people write them; what is wrong with them is thrown, all of it. */
function readFormatOptions(
  { name, options: specs }: FormatDefinition,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const findings: Finding[] = [];
  const contextAt = (path: string): ReadContext => ({
    path,
    at: (segment) => contextAt(path === "" ? String(segment) : `${path}.${segment}`),
    report: (finding) => void findings.push({ path, ...finding }),
    variable: () => undefined,
    substitute: (value) => value,
    // No option of a format holds steps, sources or targets.
    nested: { steps: () => undefined, target: () => undefined, source: () => undefined },
  });
  const read = readOptions(specs, options, contextAt(""));
  const [first] = findings;
  if (read !== undefined && first === undefined) return read;
  const what =
    first === undefined ? "" : `: ${first.path} ${first.message}${first.expected === undefined ? "" : `, expected ${first.expected}`}`;
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `the options of format ${name} are not valid${what}`, { findings });
}
