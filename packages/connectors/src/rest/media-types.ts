/** A media type without its parameters, in lower case. */
export function mediaTypeName(text: string): string {
  const end = text.indexOf(";");
  return (end < 0 ? text : text.slice(0, end)).trim().toLowerCase();
}

/** Whether a media type falls under a range: a type, all of a kind such as `image/*`, or all there are. */
export function isInRange(name: string, range: string): boolean {
  if (range === "*/*" || range === "*") return true;
  return range.endsWith("/*") ? name.startsWith(range.slice(0, -1)) : name === range;
}

interface AcceptRange {
  readonly range: string;
  readonly quality: number;
}

/** The media type of a list that a caller prefers by its Accept (RFC 9110, section 12.5.1); undefined if it takes none of them. */
export function preferredType(accept: string, types: readonly string[]): string | undefined {
  const ranges = accept.split(",").flatMap(readRange);
  let best: string | undefined;
  let bestQuality = 0;
  for (const type of types) {
    const quality = qualityOf(mediaTypeName(type), ranges);
    if (quality > bestQuality) [best, bestQuality] = [type, quality];
  }
  return best;
}

function readRange(text: string): AcceptRange[] {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  if (range === "") return [];
  const weight = parameters.find((parameter) => parameter.startsWith("q="));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return Number.isFinite(quality) ? [{ range, quality }] : [];
}

/** Of the ranges that a type falls under the most specific one counts. */
function qualityOf(name: string, ranges: readonly AcceptRange[]): number {
  let specificity = -1;
  let quality = 0;
  for (const one of ranges) {
    if (!isInRange(name, one.range)) continue;
    const rank = one.range.startsWith("*") ? 0 : one.range.endsWith("/*") ? 1 : 2;
    if (rank > specificity) [specificity, quality] = [rank, one.quality];
  }
  return quality;
}

const MAX_REMEMBERED = 200;

/** The function's answers, remembered by text: callers send few different ones, and a bound keeps out those who do not. */
export function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const answers = new Map<string, T>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const made = answer(text);
    if (answers.size < MAX_REMEMBERED) answers.set(text, made);
    return made;
  };
}
