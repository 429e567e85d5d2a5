const CANDIDATES = [",", ";", "\t", "|"];

/** The delimiter of which a line has most outside its quotes: a comma if it has none. */
export function likeliestDelimiter(line: string, quote: string): string {
  const bare =
    quote === ""
      ? line
      : line
          .split(quote)
          .filter((_part, index) => index % 2 === 0)
          .join("");
  const counts = CANDIDATES.map((candidate) => bare.split(candidate).length);
  return CANDIDATES[counts.indexOf(Math.max(...counts))] ?? ",";
}
