import { defineFormat, isRecord, option, withDefault, type FormatDefinition } from "@portolan/core";
import { decodeEdi, encodeEdi } from "../edi/edi-charset.ts";
import { createEdiDecoder } from "../edi/edi-decoder.ts";
import { checkSize, written } from "../format-invalid.ts";
import { createHl7Reader, readHl7 } from "./read-hl7.ts";
import { writeHl7 } from "./write-hl7.ts";

/** HL7 version 2 in its own syntax (ER7). */
export const hl7Format: FormatDefinition = defineFormat({
  name: "hl7",
  title: "HL7 v2",
  summary:
    "HL7 version 2 messages in their own syntax. The body is `{ newline, messages: [{ segments: [{ tag, fields }] }] }`, with FHS and BHS `{ file, batches: [{ header, messages, trailer }] }`; " +
    "a field is a text, the list of its components (each a text, or the list of its subcomponents), or `{ repeat: […] }`. Field n is the element n - 1, of MSH, too, whose first is the separator. " +
    "Escaped separators are read; what formats a text, such as `\\.br\\`, stays. Frames of MLLP are read. What was read is written with the same bytes. Read record by record, each message is a record: `{ file, batch, message }`.",
  mediaTypes: ["application/hl7-v2", "x-application/hl7-v2+er7"],
  extensions: ["hl7"],
  options: {
    check: withDefault(
      option.oneOf("header", "syntax"),
      "header",
      "What is checked: `syntax` is separators and nesting, `header` also the fields that MSH must have, and the counts of batches.",
    ),
    mllp: withDefault(
      option.boolean,
      false,
      "Whether each message is written in a frame of MLLP; one that was read in a frame is written in one anyway.",
    ),
    charset: withDefault(
      option.oneOf("auto", "utf-8", "latin1"),
      "auto",
      "How characters are stored; `auto` reads what is not UTF-8 as Latin-1, and writes it so again.",
    ),
    maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger documents are refused when read as a whole."),
    maxRecordBytes: withDefault(option.bytes, 16 * 1024 ** 2, "Longer segments are refused when read message by message."),
  },
  create(options) {
    const reading = { check: options.check, maxSegment: options.maxBytes };
    return {
      name: "hl7",
      decode(bytes) {
        checkSize(bytes, options.maxBytes, "HL7");
        const { text, charset, isBom } = decodeEdi(bytes, options.charset);
        return { ...readHl7(text, reading), ...(charset !== undefined && { charset }), ...(isBom && { bom: true }) };
      },
      encode(value) {
        const { mllp, charset, bom } = isRecord(value) ? value : {};
        const text = written("HL7", () => writeHl7(value, options.mllp || mllp === true));
        readHl7(text, reading);
        const bytes = encodeEdi(text, options.charset === "auto" ? (typeof charset === "string" ? charset : undefined) : options.charset);
        return bom === true ? Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]) : bytes;
      },
      async *decodeStream(chunks) {
        const decoder = createEdiDecoder(options.charset);
        const reader = createHl7Reader({ ...reading, maxSegment: options.maxRecordBytes }, false);
        for await (const chunk of chunks) yield* reader.read(decoder.decode(chunk, false), false);
        yield* reader.read(decoder.decode(new Uint8Array(0), true), true);
      },
    };
  },
});
