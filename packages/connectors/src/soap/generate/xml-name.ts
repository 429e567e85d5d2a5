/** Letters that XML 1.0 has had in names from its first edition on: Java's parsers know no others. */
const LETTER = "A-Za-z_À-ÖØ-öø-ıĴ-ľŁ-ňŊ-žΈ-ΊΎ-ΡΣ-ώЁ-ЌЎ-яё-ќ一-龥ぁ-ゔァ-ヺ가-힣";
const NAME = new RegExp(`^[${LETTER}][${LETTER}0-9.\\-]*$`, "u");
const FIRST = new RegExp(`[${LETTER}]`, "u");
const FURTHER = new RegExp(`[${LETTER}0-9.\\-]`, "u");

export function isXmlName(name: string): boolean {
  return NAME.test(name);
}

/**
 * Any name as one of an element: characters that cannot stand there are written as `_x0020_`, by their code (ISO/IEC 9075-14, section 9.1, and
 * .NET's XmlConvert). No two names become the same.
 */
export function xmlNameOf(name: string): string {
  let written = "";
  for (const [index, character] of [...name].entries()) {
    const isFree = (written === "" ? FIRST : FURTHER).test(character);
    // What looks like an escape is none.
    const isEscape = character === "_" && /^_x(?:[\dA-F]{4}|[\dA-F]{8})_/i.test([...name].slice(index).join(""));
    written += isFree && !isEscape ? character : `_x${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}_`;
  }
  return written === "" ? "_x_" : written;
}
