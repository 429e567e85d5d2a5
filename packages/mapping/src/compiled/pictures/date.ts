import { JsonataError } from "../errors.ts";
import { remember } from "./remember.ts";
import { createMatcher, type Matcher } from "../regex/matcher.ts";
import { componentOf, MONTHS, WEEKDAYS } from "./calendar.ts";
import { type DatePart, type Marker, readDatePicture } from "./date-picture.ts";
import { formatInteger, integerSource, parseInteger, readIntegerPicture } from "./integer.ts";

const ISO_PICTURE = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";
const ISO = /^\d{4}(?:-[01]\d)?(?:-[0-3]\d)?(?:T[0-2]\d:[0-5]\d:[0-5]\d)?(?:\.\d+)?(?:[+-][0-2]\d:?[0-5]\d|Z)?$/;

/** An instant as a picture says, in a time zone such as `+0200`. */
export function formatDate(millis: number, picture?: string, zone = "0000"): string {
  const offset = Number.parseInt(zone, 10);
  const [hours, minutes] = [Math.floor(offset / 100), offset % 100];
  const date = new Date(millis + (hours * 60 + minutes) * 60_000);
  if (Number.isNaN(date.getTime())) throw new JsonataError("D1001", { value: millis });
  if (picture === undefined && offset === 0 && millis >= 0 && millis < FIVE_DIGIT_YEARS) return date.toISOString();
  let text = "";
  for (const part of formats(picture ?? ISO_PICTURE))
    text += typeof part === "string" ? part : formatMarker(part, date, { hours, minutes });
  return text;
}

const FIVE_DIGIT_YEARS = Date.UTC(10_000, 0);

const formats = remember(readDatePicture);

interface Offset {
  readonly hours: number;
  readonly minutes: number;
}

function formatMarker(marker: Marker, date: Date, offset: Offset): string {
  const { component, integer, yearDigits } = marker;
  if (component === "Z" || component === "z") return formatZone(marker, offset);
  if (component === "C" || component === "E") return "ISO";
  if (component === "P") return cased(date.getUTCHours() >= 12 ? "pm" : "am", marker);
  const value = componentOf(date, component);
  if (integer === undefined) return named(marker, value);
  return formatInteger(component === "Y" && yearDigits !== undefined ? value % 10 ** yearDigits : value, integer);
}

function named(marker: Marker, value: number): string {
  const name = "Mx".includes(marker.component) ? MONTHS[value - 1] : marker.component === "F" ? WEEKDAYS[value] : undefined;
  if (name === undefined) throw new JsonataError("D3133", { value: marker.component });
  return cased(name, marker).slice(0, marker.maxWidth);
}

function cased(name: string, { names }: Marker): string {
  return names === "upper" ? name.toUpperCase() : names === "lower" ? name.toLowerCase() : name;
}

function formatZone({ component, integer, modifier }: Marker, { hours, minutes }: Offset): string {
  const value = hours * 100 + minutes;
  if (value === 0 && modifier === "t") return "Z";
  const picture = integer ?? readIntegerPicture("01:01");
  const sign = value >= 0 ? "+" : "";
  return (component === "z" ? "GMT" : "") + sign + zoneDigits();

  function zoneDigits(): string {
    if (picture.regular > 0 || picture.mandatory === 3 || picture.mandatory === 4) return formatInteger(value, picture);
    if (picture.mandatory > 4) throw new JsonataError("D3134", { value: picture.mandatory });
    return formatInteger(hours, picture) + (minutes === 0 ? "" : `:${formatInteger(minutes, readIntegerPicture("00"))}`);
  }
}

/** The instant that a text stands for; undefined if it does not fit the picture. */
export function parseDate(text: string, picture: string | undefined, now: number): number | undefined {
  if (picture === undefined) {
    if (!ISO.test(text)) throw new JsonataError("D3110", { value: text });
    return Date.parse(text);
  }
  const { parts, search } = readers(picture);
  const match = search(text)(0);
  if (match === undefined) return undefined;
  const markers = parts.filter((part) => typeof part !== "string");
  const components = new Map(markers.map((marker, index) => [marker.component, valueOf(marker, match.groups[index] ?? "")]));
  return instantOf(components, new Date(now));
}

interface Reader {
  readonly parts: readonly DatePart[];
  readonly search: Matcher;
}

const readers = remember((picture): Reader => {
  const parts = readDatePicture(picture);
  const sources = parts.map((part, index) => {
    if (typeof part === "string") return part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    const next = parts[index + 1];
    return `(${markerSource(part, next !== undefined && typeof next !== "string" && next.integer !== undefined)})`;
  });
  return { parts, search: createMatcher(`^${sources.join("")}$`, "i") };
});

function markerSource(marker: Marker, isFollowed: boolean): string {
  const { component, integer, names } = marker;
  if (component === "Z" || component === "z") {
    const separator = integer?.separators[0]?.char;
    return `${component === "z" ? "GMT" : ""}(?:[-+][0-9]+${separator === undefined ? "" : `${separator}[0-9]+`}${marker.modifier === "t" ? "|Z" : ""})`;
  }
  if (integer !== undefined) return integerSource(integer, isFollowed && integer.kind === "decimal" ? integer.mandatory : undefined);
  if (names !== undefined && component === "P") return "am|pm";
  if (component === "M" || component === "F") return "[a-zA-Z]+";
  throw new JsonataError("D3133", { value: component });
}

function valueOf(marker: Marker, text: string): number {
  const { component, integer } = marker;
  if (component === "Z" || component === "z") return zoneMinutes(text, marker);
  if (component === "f" && /^\d+$/.test(text)) return Math.floor(Number(text.slice(0, 3).padEnd(3, "0")));
  if (integer !== undefined) return parseInteger(text, integer);
  if (component === "P") return text.toLowerCase() === "pm" ? 1 : 0;
  const list =
    component === "M" ? MONTHS.map((name, index) => [name, index + 1] as const) : WEEKDAYS.map((name, index) => [name, index] as const);
  const found = list.find(([name]) => name !== "" && name.slice(0, marker.maxWidth).toLowerCase() === text.toLowerCase());
  return found?.[1] ?? Number.NaN;
}

function zoneMinutes(text: string, { integer }: Marker): number {
  const plain = text.replace(/^GMT/i, "");
  if (plain.toUpperCase() === "Z") return 0;
  const sign = plain.startsWith("-") ? -1 : 1;
  const digits = plain.slice(1);
  const at = integer?.separators[0] === undefined ? (digits.length <= 2 ? digits.length : digits.length - 2) : digits.search(/\D/);
  return sign * (Number(digits.slice(0, at)) * 60 + Number(digits.slice(at).replace(/^\D/, "") || "0"));
}

function instantOf(components: ReadonlyMap<string, number>, now: Date): number | undefined {
  if (components.size === 0) return undefined;
  const byDay = components.has("d");
  const byWeek = ["X", "x", "w", "W"].some((component) => components.has(component));
  if (byWeek) throw new JsonataError("D3136");
  const byHalf = components.has("h") || components.has("P");
  const order = [...(byDay ? ["Y", "d"] : ["Y", "M", "D"]), ...(byHalf ? ["P", "h"] : ["H"]), "m", "s", "f"];
  const value = new Map<string, number>();
  let [started, ended] = [false, false];
  for (const component of order) {
    const given = components.get(component);
    if (given === undefined) {
      ended ||= started;
      value.set(component, started ? ("MDd".includes(component) ? 1 : 0) : componentOf(now, component));
    } else {
      started = true;
      if (ended) throw new JsonataError("D3136");
      value.set(component, given);
    }
  }
  const part = (component: string): number => value.get(component) ?? 0;
  const hour = byHalf ? (part("h") % 12) + (part("P") === 1 ? 12 : 0) : part("H");
  const day = byDay ? Date.UTC(part("Y"), 0, part("d")) : Date.UTC(part("Y"), part("M") - 1, part("D"));
  const zone = components.get("Z") ?? components.get("z") ?? 0;
  return day + ((hour * 60 + part("m") - zone) * 60 + part("s")) * 1000 + part("f");
}
