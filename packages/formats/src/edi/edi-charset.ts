import { isUtf8 } from "node:buffer";
import { formatInvalid } from "../format-invalid.ts";
import { decodeText, encodeText } from "../text/charset.ts";

/** What ISO 9735 calls the repertoires of one byte; UNOA, UNOB and UNOY are read as UTF-8, and UNOC is Latin-1. */
const BY_SYNTAX: Readonly<Record<string, string>> = {
  UNOD: "iso-8859-2",
  UNOE: "iso-8859-5",
  UNOF: "iso-8859-7",
  UNOG: "iso-8859-3",
  UNOH: "iso-8859-4",
  UNOI: "iso-8859-6",
  UNOJ: "iso-8859-8",
  UNOK: "iso-8859-9",
  UNOL: "iso-8859-15",
};

export interface EdiText {
  readonly text: string;
  /** Undefined is UTF-8. */
  readonly charset?: string;
  readonly isBom: boolean;
}

/** UTF-8 if it is that; otherwise the charset that the interchange declares, if all bytes exist in it; otherwise Latin-1. */
export function decodeEdi(bytes: Uint8Array, charset: "auto" | "utf-8" | "latin1"): EdiText {
  const isBom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const content = isBom ? bytes.subarray(3) : bytes;
  const chosen = charset !== "auto" ? charset : isUtf8(content) ? "utf-8" : singleByteCharset(content);
  if (chosen === "utf-8") return { text: decodeText(content, "utf-8"), isBom };
  return { text: decodeSingle(content, chosen), ...(charset === "auto" && { charset: chosen }), isBom };
}

/** What the interchange that begins these bytes declares, if all of them exist in it; otherwise Latin-1. */
export function singleByteCharset(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 64)).toString("latin1");
  const declared = BY_SYNTAX[/UNB.(UNO[A-Z])/.exec(start)?.[1] ?? ""];
  return declared !== undefined && !decodeSingle(bytes, declared).includes("\uFFFD") ? declared : "latin1";
}

export function decodeSingle(bytes: Uint8Array, charset: string): string {
  const latin = decodeText(bytes, "latin1");
  if (charset === "latin1") return latin;
  const { text } = tableOf(charset);
  return latin.replace(/[\x80-\xFF]/g, (character) => text.charAt(character.charCodeAt(0)));
}

export function encodeEdi(text: string, charset: string | undefined): Uint8Array {
  if (charset === undefined || charset === "utf-8") return encodeText(text, "utf-8");
  if (charset === "latin1") return encodeText(text, "latin1");
  if (!Object.values(BY_SYNTAX).includes(charset)) throw formatInvalid(`EDI cannot be written in the charset ${JSON.stringify(charset)}`);
  const { bytes } = tableOf(charset);
  return Uint8Array.from(text, (character) => {
    const byte = bytes.get(character);
    if (byte !== undefined) return byte;
    throw formatInvalid(`the character ${JSON.stringify(character)} does not exist in ${charset}`);
  });
}

interface ByteTable {
  readonly text: string;
  readonly bytes: ReadonlyMap<string, number>;
}

const tables = new Map<string, ByteTable>();

/** The characters of all bytes; U+FFFD stands for those that a charset leaves open. */
function tableOf(charset: string): ByteTable {
  const known = tables.get(charset);
  if (known !== undefined) return known;
  const text = new TextDecoder(charset).decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  const bytes = new Map(Array.from(text, (character, byte) => [character, byte] as const).filter(([character]) => character !== "\uFFFD"));
  const table = { text, bytes };
  tables.set(charset, table);
  return table;
}
