import { isUtf8 } from "node:buffer";
import { isRecord, option, withDefault, type Format, type OptionsOf } from "@portolan/core";
import { checkSize, formatInvalid } from "../format-invalid.ts";
import { decodeText, encodeText } from "../text/charset.ts";
import { readEdi, type EdiDialect } from "./read-document.ts";
import { writeEdi, type EdiWriter } from "./write-document.ts";

export const ediOptions = {
  check: withDefault(
    option.oneOf("elements", "envelopes", "syntax"),
    "elements",
    "What is checked: `syntax` is delimiters and nesting, `envelopes` also counts and control numbers, `elements` also the types and lengths of the elements that Portolan knows.",
  ),
  charset: withDefault(
    option.oneOf("auto", "utf-8", "latin1"),
    "auto",
    "How characters are stored; `auto` reads what is not UTF-8 as Latin-1, and writes it so again.",
  ),
  maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger documents are refused."),
};

/** Options are those above. What is written is read again first: a document that Portolan would refuse never leaves it. */
export function createEdiFormat(name: string, dialect: EdiDialect & EdiWriter, options: OptionsOf<typeof ediOptions>): Format {
  return {
    name,
    decode(bytes) {
      checkSize(bytes, options.maxBytes, dialect.title);
      const { text, isLatin1 } = textOf(bytes, options.charset);
      const document = readEdi(text, dialect, options.check);
      return isLatin1 ? { ...document, charset: "latin1" } : document;
    },
    encode(value) {
      let text: string;
      try {
        text = writeEdi(value, dialect);
      } catch (cause) {
        // A list or a map is missing somewhere within: the language's own error names it.
        if (cause instanceof TypeError) throw formatInvalid(`${dialect.title} cannot be written: ${cause.message}`, { cause });
        throw cause;
      }
      readEdi(text, dialect, options.check);
      const isLatin1 = isRecord(value) && value["charset"] === "latin1";
      return encodeText(text, options.charset === "auto" ? (isLatin1 ? "latin1" : "utf-8") : options.charset);
    },
  };
}

function textOf(bytes: Uint8Array, charset: "auto" | "utf-8" | "latin1"): { readonly text: string; readonly isLatin1: boolean } {
  if (charset !== "auto") return { text: decodeText(bytes, charset), isLatin1: false };
  const isLatin1 = !isUtf8(bytes);
  return { text: decodeText(bytes, isLatin1 ? "latin1" : "utf-8"), isLatin1 };
}
