/** What is wrong with the characters that an interchange declares as its delimiters; undefined if nothing is. */
export function unusableDelimiters(delimiters: readonly string[]): string | undefined {
  const areUsable = new Set(delimiters).size === delimiters.length && !delimiters.some((one) => /[A-Za-z0-9 ]/.test(one));
  if (areUsable) return undefined;
  return `expected different delimiters that are no letters, digits or blanks, found ${delimiters.map((one) => JSON.stringify(one)).join(", ")}`;
}
