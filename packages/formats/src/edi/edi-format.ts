import { isRecord, option, optional, withDefault, type Format, type FormatSurroundings, type OptionsOf } from "@portolan/core";
import { checkSize, written } from "../format-invalid.ts";
import { layoutChoice, openLayout } from "../layout-file.ts";
import { readDocument, stampOf, type Acknowledgement, type AcknowledgementStamp } from "./acknowledgement.ts";
import type { EdiDocument } from "./document.ts";
import { decodeEdi, encodeEdi } from "./edi-charset.ts";
import { CHECKS } from "./envelopes.ts";
import { readLayout } from "./read-layout.ts";
import { readEdi, type EdiDialect, type ReadEdiOptions } from "./read-document.ts";
import { streamEdi } from "./stream-document.ts";
import { unwrap, wrappingOf } from "./wrapping.ts";
import { writeEdi, type EdiWriter } from "./write-document.ts";

export const ediOptions = {
  check: withDefault(
    option.oneOf(...CHECKS),
    "elements",
    "What is checked: `syntax` is delimiters and nesting, `envelopes` also counts and control numbers, `elements` also the types and lengths of the elements that Portolan or a layout knows, and the order of a layout; `full` also refuses messages that no layout describes.",
  ),
  errors: withDefault(
    option.oneOf("throw", "collect"),
    "throw",
    "What happens to a message, a group or an interchange that breaks a rule: `throw` refuses the document; `collect` keeps what is wrong as `errors` beside it, so that other messages go on and an acknowledgement can say it. Text that is no EDI is refused in any case.",
  ),
  layout: optional(
    option.oneOrMore(layoutChoice),
    "What messages are made of, as paths of YAML or JSON files or as maps: `{ message, version, segments, structure }`. A message of that type is read as its loops, and refused if it has another order.",
    { example: "./layouts/850.layout.yaml" },
  ),
  charset: withDefault(
    option.oneOf("auto", "utf-8", "latin1"),
    "auto",
    "How characters are stored; `auto` reads what is not UTF-8 as the interchange declares it (UNOD to UNOL), otherwise as Latin-1, and writes it so again.",
  ),
  maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger documents are refused when read as a whole."),
  maxRecordBytes: withDefault(option.bytes, 16 * 1024 ** 2, "Longer segments are refused when read message by message."),
};

/** How a format writes the acknowledgement of a document instead of it, and reads what an acknowledgement says. */
export interface EdiAcknowledgements {
  write(document: EdiDocument, stamp: AcknowledgementStamp): EdiDocument;
  read(document: EdiDocument): readonly Acknowledgement[];
}

export type EdiFormatOptions = OptionsOf<typeof ediOptions>;

/** A format of one dialect. What is written is read again first: a document that Portolan would refuse never leaves it. */
export function createEdiFormat(
  { name, ...dialect }: EdiDialect & EdiWriter & { readonly name: string },
  options: EdiFormatOptions & { readonly acknowledgements?: EdiAcknowledgements | undefined },
  { directory }: FormatSurroundings,
): Format {
  const layouts = (options.layout ?? []).map((choice) => {
    const opened = openLayout(choice, directory);
    return readLayout(opened.layout, opened.name);
  });
  const reading = { check: options.check, errors: options.errors, layouts, maxSegment: options.maxBytes } as const;
  return {
    name,
    decode(bytes) {
      checkSize(bytes, options.maxBytes, dialect.title);
      const { text, charset, isBom } = decodeEdi(bytes, options.charset);
      const document = readText(text, dialect, { ...reading, isSingleByte: () => charset !== undefined });
      if (options.acknowledgements !== undefined) return options.acknowledgements.read(document);
      return { ...document, ...(charset !== undefined && { charset }), ...(isBom && { bom: true }) };
    },
    decodeStream: (chunks) => streamEdi(chunks, dialect, { ...reading, maxSegment: options.maxRecordBytes, charset: options.charset }),
    encode(given) {
      const value = written(dialect.title, () => {
        const { acknowledgements } = options;
        return (
          acknowledgements?.write(
            readDocument(given, dialect.title),
            stampOf(given, () => new Date()),
          ) ?? given
        );
      });
      const text = written(dialect.title, () => writeEdi(value, dialect));
      const { charset, bom } = isRecord(value) ? value : {};
      const chosen = options.charset === "auto" ? (typeof charset === "string" ? charset : undefined) : options.charset;
      readText(text, dialect, { ...reading, isSingleByte: () => chosen !== undefined && chosen !== "utf-8" });
      const bytes = encodeEdi(text, chosen);
      return bom === true ? Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]) : bytes;
    },
  };
}

/** The document of a text, whose lines may end anywhere. */
function readText(text: string, dialect: EdiDialect, options: ReadEdiOptions) {
  const wrapped = wrappingOf(text, dialect);
  if (wrapped === undefined) return readEdi(text, dialect, options);
  return { ...readEdi(unwrap(text, wrapped), dialect, { ...options, columns: wrapped.columns }), wrapped };
}
