const FEW =
  "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen Seventeen Eighteen Nineteen".split(
    " ",
  );
const FEWTH =
  "Zeroth First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth Thirteenth Fourteenth Fifteenth Sixteenth Seventeenth Eighteenth Nineteenth".split(
    " ",
  );
const TENS = "Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety".split(" ");
const GREAT = "Thousand Million Billion Trillion".split(" ");

/** How a part of a number in words goes on from what is before it, and whether it ends an ordinal. */
interface Position {
  readonly follows: boolean;
  readonly ordinal: boolean;
}

/** A whole number of at least 0 in English words. */
export function toWords(value: number, ordinal: boolean): string {
  return spell(value, { follows: false, ordinal });
}

function spell(value: number, { follows, ordinal }: Position): string {
  if (value < 20) return (follows ? " and " : "") + ((ordinal ? FEWTH : FEW)[value] ?? "");
  if (value < 100) {
    const ten = TENS[Math.floor(value / 10) - 2] ?? "";
    const rest = value % 10;
    const head = follows ? " and " : "";
    if (rest > 0) return `${head}${ten}-${spell(rest, { follows: false, ordinal })}`;
    return head + (ordinal ? `${ten.slice(0, -1)}ieth` : ten);
  }
  const isGreat = value >= 1000;
  const power = isGreat ? Math.min(Math.floor(Math.log10(value) / 3), GREAT.length) : 0;
  const unit = isGreat ? 10 ** (power * 3) : 100;
  const count = Math.floor(value / unit);
  const rest = value - count * unit;
  const name = isGreat ? (GREAT[power - 1] ?? "") : "Hundred";
  const head = `${follows ? ", " : ""}${spell(count, { follows: false, ordinal: false })} ${name}`;
  if (rest > 0) return head + spell(rest, { follows: true, ordinal });
  return ordinal ? `${head}th` : head;
}

const VALUES: ReadonlyMap<string, number> = new Map([
  ...[...FEW.entries(), ...FEWTH.entries()].map(([value, word]) => [word.toLowerCase(), value] as const),
  ...TENS.flatMap((word, index) => {
    const lower = word.toLowerCase();
    return [[lower, (index + 2) * 10] as const, [`${lower.slice(0, -1)}ieth`, (index + 2) * 10] as const];
  }),
  ...["Hundred", ...GREAT].flatMap((word, index) => {
    const lower = word.toLowerCase();
    const value = index === 0 ? 100 : 10 ** (index * 3);
    return [[lower, value] as const, [`${lower}th`, value] as const];
  }),
]);

/** What a number in words may be made of, as the source of a regular expression. */
export const WORDS_SOURCE = `(?:${[...VALUES.keys(), "and"].toSorted((left, right) => right.length - left.length).join("|")}|[-, ])+`;

/** The number that English words stand for. */
export function fromWords(text: string): number {
  const values = text
    .toLowerCase()
    .split(/,\s|\sand\s|[\s-]/)
    .map((word) => VALUES.get(word) ?? Number.NaN);
  const parts = [0];
  for (const value of values) {
    const last = parts.pop() ?? 0;
    if (value >= 100) parts.push(last * value);
    else if (last >= 1000) parts.push(last, value);
    else parts.push(last + value);
  }
  return parts.reduce((sum, part) => sum + part, 0);
}
