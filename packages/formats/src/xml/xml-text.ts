import { formatInvalid } from "../format-invalid.ts";
import { charsetNamed, decodeText } from "../text/charset.ts";
import { xmlCharset } from "./xml-charset.ts";

/**
 * The text of an XML document, in the charset that its byte order mark, its media type or its declaration names. Throws PORTOLAN_FORMAT_INVALID
 * if there is no such charset or the bytes are not of it.
 */
export function readXmlText(bytes: Uint8Array, charset?: string): string {
  const given = charset === undefined ? undefined : charsetNamed(charset);
  if (charset !== undefined && given === undefined)
    throw formatInvalid(`expected a charset such as utf-8, found ${JSON.stringify(charset)}`);
  return decodeText(bytes, xmlCharset(bytes, given));
}
