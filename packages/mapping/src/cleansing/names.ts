/** Languages come from expressions, which may take them from messages: no more than so many are kept. */
const MOST_LANGUAGES = 50;
const kept = new Map<string, ReadonlyMap<string, string>>();

/** Codes by their names in a language, with names as `foldedName` makes them. */
export function namesIn(type: "region" | "currency", language: string, codes: () => readonly string[]): ReadonlyMap<string, string> {
  const key = `${type} ${language}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const names = new Intl.DisplayNames(language, { type, fallback: "none" });
  const found = new Map<string, string>();
  for (const code of codes()) {
    const name = names.of(code);
    if (name !== undefined) found.set(foldedName(name), code);
  }
  if (kept.size >= MOST_LANGUAGES) kept.clear();
  kept.set(key, found);
  return found;
}

/** A name without the differences that do not matter: case, accents, `&` or "and", punctuation and white space. */
export function foldedName(name: string): string {
  return name
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("&", " and ")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
