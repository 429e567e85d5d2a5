import { formatInvalid } from "../format-invalid.ts";
import { charsetNamed, unitOf, type Charset } from "../text/charset.ts";

/** XML 1.0, appendix F, and RFC 7303: by byte order mark, else as given, by the bytes of "<" and "?", or as the declaration says. */
export function xmlCharset(bytes: Uint8Array, given: Charset | undefined): Charset {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (given !== undefined) return given;
  if (first === 0x3c && second === 0x00) return "utf-16le";
  if (first === 0x00 && second === 0x3c) return "utf-16be";
  const head = String.fromCharCode(...bytes.subarray(0, 200));
  const label = /^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)/.exec(head)?.[1] ?? "utf-8";
  const charset = charsetNamed(label);
  // Its own declaration could not have been read if it were so.
  if (charset !== undefined && unitOf(charset) === 1) return charset;
  throw formatInvalid(`XML is read in the charset of its declaration, expected one such as utf-8, found ${JSON.stringify(label)}`, {
    hint: charset === undefined ? "convert it first" : "the document is no UTF-16: correct its declaration, or name the charset by option",
  });
}
