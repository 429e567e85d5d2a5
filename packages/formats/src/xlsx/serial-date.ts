const DAY_MS = 24 * 60 * 60 * 1000;
/** Day 0 of Excel's calendar for days from March 1900 on: it holds that 1900 was a leap year. */
const EPOCH = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
/** 9999-12-31. */
const LAST_DAY = 2_958_465;

/** Numbers of formats that show dates or times: those of ECMA-376, part 1, 18.8.30, and of East Asian languages. */
const DATE_FORMATS: ReadonlySet<number> = new Set([14, 15, 16, 17, 18, 19, 20, 21, 22, 27, 30, 36, 45, 46, 47, 50, 57]);

/** Whether a format of a cell, such as `dd.mm.yyyy` or `[h]:mm`, shows a date or a time. */
export function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined) return DATE_FORMATS.has(id);
  // What stands in quotes, behind a backslash or in brackets is a text, a colour or a condition.
  const bare = code.replace(/"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, "").split(";")[0] ?? "";
  return /[dmyhs]/i.test(bare) && !/general/i.test(bare);
}

/** A day as `2026-01-31`, with a time as `2026-01-31T12:00:00`, a time alone as `12:00:00`; other numbers stay what they are. */
export function textOfSerial(serial: number, is1904: boolean): string | number {
  if (!(serial >= 0 && serial <= LAST_DAY + 1)) return serial;
  const epoch = is1904 ? EPOCH_1904 : serial < 60 ? EPOCH + DAY_MS : EPOCH;
  const text = new Date(epoch + Math.round(serial * (DAY_MS / 1000)) * 1000).toISOString().slice(0, 19);
  if (serial < 1 && !is1904) return text.slice(11);
  return text.endsWith("T00:00:00") ? text.slice(0, 10) : text;
}

/** The number of a day or time that such a text names, or undefined. */
export function serialOfText(text: string): number | undefined {
  const found = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d+)?Z?)?$/.exec(text);
  if (found === null) return undefined;
  const milliseconds = Date.parse(`${found[1]}T${found[2] ?? "00:00:00"}Z`);
  const days = (milliseconds - EPOCH) / DAY_MS;
  // Days before March 1900 have another number.
  return Number.isNaN(days) || days < 61 || days > LAST_DAY + 1 ? undefined : days;
}
