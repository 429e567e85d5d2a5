import { createRequire } from "node:module";

/** The charsets of iconv-lite that are charsets: it also knows base64 and the like. All of them have ASCII's line ends. */
const NAMES =
  /^(?:(?:win|windows|cp|ibm|oem)-?\d{3,5}|iso-?8859-?\d{1,2}|koi8-?[rtu]|mac(?:roman|cyrillic|greek|turkish|iceland|croatian|romania|ukraine|centeuro)|macintosh|shift-?jis|sjis|euc-?(?:jp|kr)|gbk?|gb-?2312|gb-?18030|big5(?:-?hkscs)?|tis-?620|viscii|armscii8)$/;

/** What a byte that stands for nothing is read as. */
export const UNREADABLE = "\uFFFD";

const load = createRequire(import.meta.url);

/** iconv-lite is loaded by the first text in one of its charsets: other apps do without its tables. */
export function loadIconv(): Pick<typeof import("iconv-lite"), "decode" | "encode" | "encodingExists" | "getDecoder"> {
  // What `require` yields has no types of its own.
  return load("iconv-lite") as typeof import("iconv-lite");
}

/** Whether a charset is read and written by tables: a code page, or one of the East Asian charsets. */
export function isTableCharset(name: string): boolean {
  return NAMES.test(name) && loadIconv().encodingExists(name);
}

/** The place of the first character that a charset does not have, or -1. iconv-lite itself puts a question mark there. */
export function firstUnwritable(text: string, written: string): number {
  if (text === written) return -1;
  let index = 0;
  while (index < text.length && text[index] === written[index]) index += 1;
  return index;
}
