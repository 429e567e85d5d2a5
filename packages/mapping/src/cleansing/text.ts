import type * as AnyAscii from "any-ascii";
import { lazily } from "./lazily.ts";

const anyAscii = lazily<typeof AnyAscii>("any-ascii");

/** Runs of white space of any kind, and characters that show nothing: byte-order mark, zero-width space and joiners, soft hyphen. */
const BLANK = /[\s\u00ad\u200b-\u200d\u2060\ufeff]+/gu;

/** The text without white space around it, and with a single space for each run of it inside. */
export function collapse(text: string): string {
  return text.replaceAll(BLANK, " ").trim();
}

/** The first letter in upper case, the rest as it is. */
export function capitalize(text: string): string {
  const [first = ""] = text;
  return first.toUpperCase() + text.slice(first.length);
}

/** Every word in lower case with its first letter in upper case; a word begins after anything but a letter, digit, mark or apostrophe. */
export function titleCase(text: string): string {
  return text.toLowerCase().replaceAll(/(?<![\p{L}\p{N}\p{M}'’])\p{L}/gu, (letter) => letter.toUpperCase());
}

/** Letters of any script in ASCII: `Straße` is `Strasse`, `Łódź` is `Lodz`, `Αθήνα` is `Athina`. */
export function transliterate(text: string): string {
  return anyAscii().default(text.normalize("NFC"));
}

/**
 * A key under which spellings of the same thing are equal: ASCII letters and digits in lower case, words in the order
 * of the alphabet, the values one after the other. Nothing if no value has a letter or a digit.
 */
export function deduplicationKey(values: readonly unknown[]): string | undefined {
  const parts = values.map((value) => (typeof value === "string" || typeof value === "number" ? words(String(value)) : ""));
  return parts.some((part) => part !== "") ? parts.join("|") : undefined;
}

function words(text: string): string {
  const found =
    transliterate(text)
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return found.toSorted().join(" ");
}
