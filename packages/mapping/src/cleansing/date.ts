import { cleaner, type Cleaned, type CleanOptions } from "./clean.ts";

export interface DateOptions extends CleanOptions {
  /** The order of day, month and year where all are numbers and the year does not come first. */
  readonly order?: "dmy" | "mdy";
  /** The language of names of months, as in `de`; English names are always known. */
  readonly language?: string;
  /** The first year that two digits can mean: with 1970, `69` is 2069 and `70` is 1970. Without it two digits are no year. */
  readonly twoDigitsFrom?: number;
}

interface Parts {
  readonly year: string;
  readonly month: string | number;
  readonly day: string;
}

/** A calendar date in a notation of people, as `YYYY-MM-DD`; days that the calendar does not have are no dates. */
export const date = cleaner<DateOptions, string>({
  name: "date",
  expected: "a date",
  clean(text, options) {
    const parts = read(text.trim(), options);
    if ("reason" in parts) return parts;
    const year = fullYear(parts.year, options.twoDigitsFrom);
    if (year === undefined) return { reason: 'its year has two digits; say which century: { "twoDigitsFrom": 1970 }' };
    const [month, day] = [Number(parts.month), Number(parts.day)];
    if (month < 1 || month > 12) return { reason: `there is no month ${month}` };
    if (day < 1 || day > daysOf(year, month)) return { reason: `there is no such day in ${year}-${two(month)}` };
    return { value: `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}` };
  },
});

const TIME = /(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?/.source;
const YEAR_FIRST = new RegExp(`^(?<year>\\d{4})(?<sign>[-/.])(?<month>\\d{1,2})\\k<sign>(?<day>\\d{1,2})${TIME}$`);
const BASIC = /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/;
const NUMBERS = /^(?<first>\d{1,2})(?<sign>[-/.])(?<second>\d{1,2})\k<sign>(?<year>\d{4}|\d{2})$/;
const DAY_NAME_YEAR = /^(?<day>\d{1,2})(?:\.|st|nd|rd|th)?[ -]*(?<name>[\p{L}\p{M}]+)\.?[ ,-]*(?<year>\d{4}|\d{2})$/u;
const NAME_DAY_YEAR = /^(?<name>[\p{L}\p{M}]+)\.? +(?<day>\d{1,2})(?:st|nd|rd|th)?,? +(?<year>\d{4})$/u;

function read(text: string, options: DateOptions): Parts | Extract<Cleaned, { readonly reason: string }> {
  const yearFirst = (YEAR_FIRST.exec(text) ?? BASIC.exec(text))?.groups as Parts | undefined;
  if (yearFirst !== undefined) return yearFirst;
  const numbers = NUMBERS.exec(text)?.groups;
  if (numbers !== undefined) return inOrder(numbers as { first: string; second: string; year: string; sign: string }, options);
  const named = (DAY_NAME_YEAR.exec(text) ?? NAME_DAY_YEAR.exec(text))?.groups as (Omit<Parts, "month"> & { name: string }) | undefined;
  if (named === undefined) return { reason: "it is in none of the known notations" };
  const month = monthOf(named.name, options.language);
  return month === undefined ? { reason: `${named.name} is no month` } : { year: named.year, month, day: named.day };
}

/** With dots the day comes first everywhere; else the order must be given, unless one of the numbers can be no month. */
function inOrder(
  { first, second, year, sign }: { readonly first: string; readonly second: string; readonly year: string; readonly sign: string },
  { order }: DateOptions,
): Parts | Extract<Cleaned, { readonly reason: string }> {
  const known = order ?? (sign === "." || Number(first) > 12 ? "dmy" : Number(second) > 12 ? "mdy" : undefined);
  if (known === undefined && first !== second) return { reason: 'day and month can be exchanged; say their order: { "order": "dmy" }' };
  return known === "mdy" ? { year, month: first, day: second } : { year, month: second, day: first };
}

function fullYear(text: string, twoDigitsFrom: number | undefined): number | undefined {
  if (text.length === 4) return Number(text);
  if (twoDigitsFrom === undefined) return undefined;
  return twoDigitsFrom + ((((Number(text) - twoDigitsFrom) % 100) + 100) % 100);
}

function daysOf(year: number, month: number): number {
  const end = new Date(Date.UTC(2000, month, 0));
  end.setUTCFullYear(year, month, 0);
  return end.getUTCDate();
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

const names = new Map<string, ReadonlyMap<string, number>>();

function monthOf(name: string, language = "en"): number | undefined {
  const key = plainName(name);
  return monthNames(language).get(key) ?? monthNames("en").get(key);
}

/** Months by their long and short names in a language, in lower case and without a point. */
function monthNames(language: string): ReadonlyMap<string, number> {
  const known = names.get(language);
  if (known !== undefined) return known;
  const found = new Map<string, number>();
  for (const month of ["long", "short"] as const) {
    // With a day beside it a month stands in the case in which dates have it.
    const format = new Intl.DateTimeFormat(language, { month, day: "numeric", timeZone: "UTC" });
    const alone = new Intl.DateTimeFormat(language, { month, timeZone: "UTC" });
    for (let number = 1; number <= 12; number++) {
      const instant = Date.UTC(2000, number - 1, 1);
      const inDate = format.formatToParts(instant).find((part) => part.type === "month")?.value ?? "";
      for (const name of [inDate, alone.format(instant)]) found.set(plainName(name), number);
    }
  }
  if (language === "en") found.set("sept", 9);
  names.set(language, found);
  return found;
}

function plainName(name: string): string {
  return name.normalize("NFC").toLowerCase().replace(/\.$/, "");
}
