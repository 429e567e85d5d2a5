import { PortolanError } from "@portolan/core";
import { readXmlText } from "@portolan/formats";
import { ParseOption, XmlDocument, XmlLibError } from "libxml2-wasm";
import { readPlainTree } from "./read-plain.ts";
import { readTree } from "./read-tree.ts";
import type { XmlElement } from "./xml-element.ts";

/** Nothing is fetched, and no entity is read from anywhere. */
const SAFE = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_COMPACT;

// The text is what counts; its declaration may name the charset that it was stored in.
const TEXT = { option: SAFE | ParseOption.XML_PARSE_IGNORE_ENC };
const UTF8 = { option: SAFE, encoding: "utf-8" };

/** A document that was read: libxml2's, by which it is validated, and its tree. */
export interface ParsedXml extends Disposable {
  readonly document: XmlDocument;
  readonly tree: XmlElement;
  /** Whether it is one that needs no libxml2 to be read. */
  readonly isPlain: boolean;
}

/**
 * Reads a document. Throws PORTOLAN_FORMAT_INVALID if it is not well-formed or has a DOCTYPE, which is what entity bombs and external entities
 * are made of. To be disposed of, since libxml2 holds it in memory of its own.
 */
export function parseXml(bytes: Uint8Array, charset?: string): ParsedXml {
  const utf8 = utf8Text(bytes, charset);
  const plain = utf8 === undefined ? undefined : readPlainTree(utf8);
  if (plain !== undefined) return plainXml(plain, bytes);
  const text = utf8 ?? readXmlText(bytes, charset);
  if (hasDoctype(text)) throw new PortolanError("PORTOLAN_FORMAT_INVALID", "XML with a DOCTYPE is refused");
  const document = utf8 === undefined ? parseText(text) : wellFormed(() => XmlDocument.fromBuffer(bytes, UTF8));
  try {
    return { document, tree: readTree(text), isPlain: false, [Symbol.dispose]: () => document.dispose() };
  } catch (error) {
    document.dispose();
    throw error;
  }
}

/** A plain document, which libxml2 reads when it is asked for. */
function plainXml(tree: XmlElement, bytes: Uint8Array): ParsedXml {
  let document: XmlDocument | undefined;
  return {
    tree,
    isPlain: true,
    get document() {
      return (document ??= XmlDocument.fromBuffer(bytes, UTF8));
    },
    [Symbol.dispose]: () => document?.dispose(),
  };
}

/** The tree of a document alone. */
export function parseTree(bytes: Uint8Array): XmlElement {
  using parsed = parseXml(bytes);
  return parsed.tree;
}

/** A document of a text that is known to have no DOCTYPE. To be disposed of. */
export function parseText(text: string): XmlDocument {
  return wellFormed(() => XmlDocument.fromString(text, TEXT));
}

/** The text if it is plainly UTF-8, as nearly all messages are, whose bytes libxml2 can have as they are. */
function utf8Text(bytes: Uint8Array, charset = "utf-8"): string | undefined {
  // A byte order mark, or a text of two bytes a character, begins with other bytes than these.
  if (charset.toLowerCase() !== "utf-8" || bytes[0] !== 0x3c || bytes[1] === 0) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  return text.startsWith("<?xml") && /^[^>]*encoding\s*=\s*["'](?!utf-8)/i.test(text) ? undefined : text;
}

function wellFormed(parse: () => XmlDocument): XmlDocument {
  try {
    return parse();
  } catch (cause) {
    if (!(cause instanceof XmlLibError)) throw cause;
    const [first] = cause.details;
    const place = first === undefined ? "" : ` (line ${first.line}, column ${first.col})`;
    throw new PortolanError("PORTOLAN_FORMAT_INVALID", `the XML is not well-formed: ${(first?.message ?? cause.message).trim()}${place}`, {
      cause,
    });
  }
}

/** Whether a DOCTYPE stands before the root. */
function hasDoctype(text: string): boolean {
  let at = text.indexOf("<");
  while (at !== -1) {
    if (text.startsWith("<?", at)) at = text.indexOf("?>", at);
    else if (text.startsWith("<!--", at)) at = text.indexOf("-->", at);
    else return text.startsWith("<!", at);
    if (at !== -1) at = text.indexOf("<", at);
  }
  return false;
}
