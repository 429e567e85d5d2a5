import { defineFormat, type FormatDefinition } from "@portolan/core";
import { checkSize } from "../format-invalid.ts";
import { createTextReader, decodeText, encodeText, type Charset, type TextReader } from "../text/charset.ts";
import { xmlOptions, type XmlOptions } from "./options.ts";
import { createXmlReader, type XmlReader } from "./read-xml.ts";
import { writeXml } from "./write-xml.ts";
import { xmlCharset } from "./xml-charset.ts";

const PIECE = 32 * 1024;

/** XML 1.0 with namespaces, without DTDs. */
export const xmlFormat: FormatDefinition = defineFormat({
  name: "xml",
  title: "XML",
  summary:
    "XML 1.0 without DTDs: a document with a DOCTYPE is refused. The body is a map of the root's name. An element of text alone is a text; " +
    "others are maps of `@attribute`, `#text` and elements by name, a list where a name occurs again. Names keep their prefixes. " +
    "Where texts stand between elements, or elements of one name do not stand together, `#content` lists texts and elements in order. " +
    "CDATA is text; comments, processing instructions and the blanks between elements are dropped. " +
    "With `records` the body is a list, and large documents are read element by element.",
  mediaTypes: ["application/xml", "text/xml"],
  extensions: ["xml"],
  options: xmlOptions,
  create: (options) => ({
    name: "xml",
    decode: (bytes) => readDocument(bytes, options),
    encode: (value) => encodeText(writeXml(value, options), options.charset ?? "utf-8"),
    ...(options.records === undefined ? {} : { decodeStream: (chunks) => streamRecords(chunks, options) }),
  }),
});

function readDocument(bytes: Uint8Array, options: XmlOptions): unknown {
  checkSize(bytes, options.maxBytes, "XML");
  const charset = xmlCharset(bytes, options.charset);
  const reader = createXmlReader({ ...options, maxRecordLength: Infinity });
  const text = createTextReader(charset);
  // In pieces: what is refused at its beginning is not decoded to its end.
  for (let at = 0; at < bytes.length; at += PIECE) reader.write(exactly(() => text.read(bytes.subarray(at, at + PIECE)), bytes, charset));
  reader.write(exactly(() => text.end(), bytes, charset));
  reader.end();
  return options.records === undefined ? reader.records[0] : reader.records;
}

/** Says the exact place of bytes that cannot be decoded, which a reader of pieces does not know. */
function exactly(read: () => string, bytes: Uint8Array, charset: Charset): string {
  try {
    return read();
  } catch (cause) {
    decodeText(bytes, charset);
    throw cause;
  }
}

async function* streamRecords(chunks: AsyncIterable<Uint8Array>, options: XmlOptions): AsyncGenerator<unknown> {
  const reader = createXmlReader({ ...options, maxRecordLength: options.maxRecordBytes });
  let text: TextReader | undefined;
  let head: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    let bytes = chunk;
    if (text === undefined) {
      bytes = head = Buffer.concat([head, chunk]);
      // The declaration may come in several chunks.
      if (head.length < 200 && !head.includes(0x3e)) continue;
      text = createTextReader(xmlCharset(head, options.charset));
    }
    yield* piecesOf(bytes, text, reader);
  }
  if (text === undefined) {
    text = createTextReader(xmlCharset(head, options.charset));
    yield* piecesOf(head, text, reader);
  }
  reader.write(text.end());
  reader.end();
  yield* reader.records.splice(0);
}

function* piecesOf(bytes: Uint8Array, text: { read(bytes: Uint8Array): string }, reader: XmlReader): Generator<unknown> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    reader.write(text.read(bytes.subarray(at, at + PIECE)));
    yield* reader.records.splice(0);
  }
}
