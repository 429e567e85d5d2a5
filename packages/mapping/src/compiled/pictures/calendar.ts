const DAY = 86_400_000;

export const MONTHS = "January February March April May June July August September October November December".split(" ");
/** From 1, Monday, to 7. */
export const WEEKDAYS = ["", ..."Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ")];

/** A year and a month, from 0. */
interface Month {
  readonly year: number;
  readonly month: number;
}

/** The Monday of the first week, which has the Thursday, of a year or a month. */
function firstMonday(year: number, month: number): number {
  const first = Date.UTC(year, month, 1);
  const weekday = new Date(first).getUTCDay() || 7;
  return weekday > 4 ? first + (8 - weekday) * DAY : first - (weekday - 1) * DAY;
}

function weekFrom(start: number, date: Date): number {
  return Math.floor((date.getTime() - start) / (7 * DAY)) + 1;
}

/** The year that the week of a date belongs to. */
function weekYear(date: Date): number {
  const year = date.getUTCFullYear();
  if (date.getTime() < firstMonday(year, 0)) return year - 1;
  return date.getTime() >= firstMonday(year + 1, 0) ? year + 1 : year;
}

/** The month that the week of a date belongs to. */
function weekMonth(date: Date): Month {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (date.getTime() < firstMonday(year, month)) return month === 0 ? { year: year - 1, month: 11 } : { year, month: month - 1 };
  if (date.getTime() >= firstMonday(year, month + 1)) return month === 11 ? { year: year + 1, month: 0 } : { year, month: month + 1 };
  return { year, month };
}

/** A component of a date that is a number. */
export function componentOf(date: Date, component: string): number {
  switch (component) {
    case "Y":
      return date.getUTCFullYear();
    case "M":
      return date.getUTCMonth() + 1;
    case "D":
      return date.getUTCDate();
    case "d":
      return Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0)) / DAY) + 1;
    case "F":
      return date.getUTCDay() || 7;
    case "W":
      return weekFrom(firstMonday(weekYear(date), 0), date);
    case "w": {
      const { year, month } = weekMonth(date);
      return weekFrom(firstMonday(year, month), date);
    }
    case "X":
      return weekYear(date);
    case "x":
      return weekMonth(date).month + 1;
    case "H":
      return date.getUTCHours();
    case "h":
      return date.getUTCHours() % 12 || 12;
    case "P":
      return date.getUTCHours() >= 12 ? 1 : 0;
    case "m":
      return date.getUTCMinutes();
    case "s":
      return date.getUTCSeconds();
    default:
      return date.getUTCMilliseconds();
  }
}
