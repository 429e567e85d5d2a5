import { JsonataError } from "../errors.ts";
import { type IntegerPicture, readIntegerPicture } from "./integer.ts";

/** A part of a picture of dates that stands for a component, such as `[M01]`. */
export interface Marker {
  readonly component: string;
  readonly names: "upper" | "lower" | "title" | undefined;
  readonly integer: IntegerPicture | undefined;
  readonly modifier: string | undefined;
  readonly maxWidth: number | undefined;
  /** The digits that a year has at most. */
  readonly yearDigits: number | undefined;
}

export type DatePart = string | Marker;

const DEFAULTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Array.from("YMDdWwXxHhf", (component) => [component, "1"])),
  ...Object.fromEntries(Array.from("FPCE", (component) => [component, "n"])),
  m: "01",
  s: "01",
  Z: "01:01",
  z: "01:01",
};

/** Reads a picture such as `[Y0001]-[M01]-[D01]`. */
export function readDatePicture(picture: string): readonly DatePart[] {
  const parts: DatePart[] = [];
  let literal = "";
  for (let at = 0; at < picture.length; at += 1) {
    const char = picture[at] ?? "";
    if (char !== "[" || picture[at + 1] === "[") {
      literal += char;
      if ((char === "[" || char === "]") && picture[at + 1] === char) at += 1;
      continue;
    }
    if (literal !== "") parts.push(literal);
    literal = "";
    const end = picture.indexOf("]", at);
    if (end < 0) throw new JsonataError("D3135");
    parts.push(readMarker(picture.slice(at + 1, end).replaceAll(/\s+/g, "")));
    at = end;
  }
  if (literal !== "") parts.push(literal);
  return parts;
}

function readMarker(text: string): Marker {
  const component = text[0] ?? "";
  const comma = text.lastIndexOf(",");
  const [least, most] = comma < 0 ? [] : text.slice(comma + 1).split("-");
  const presentation = comma < 0 ? text.slice(1) : text.slice(1, comma);
  const hasModifier = presentation.length > 1 && "atco".includes(presentation.at(-1) ?? "");
  const modifier = hasModifier ? presentation.at(-1) : undefined;
  const fallback = Object.hasOwn(DEFAULTS, component) ? DEFAULTS[component] : undefined;
  if (fallback === undefined) throw new JsonataError("D3132", { value: component });
  const first = presentation === "" ? fallback : hasModifier ? presentation.slice(0, -1) : presentation;
  const maxWidth = widthOf(most);
  const common = { component, modifier, maxWidth };
  if (first.startsWith("n")) return { ...common, names: "lower", integer: undefined, yearDigits: undefined };
  if (first.startsWith("N")) return { ...common, names: first[1] === "n" ? "title" : "upper", integer: undefined, yearDigits: undefined };
  const isNumber = "YMDdFWwXxHhmsf".includes(component);
  const read = readIntegerPicture(isNumber && modifier !== undefined ? `${first};${modifier}` : first);
  return { ...common, names: undefined, ...sized(component, read, { least: widthOf(least), most: maxWidth }) };
}

function widthOf(text: string | undefined): number | undefined {
  return text === undefined || text === "*" || text === "" ? undefined : Number.parseInt(text, 10);
}

function sized(
  component: string,
  integer: IntegerPicture,
  { least, most }: { readonly least: number | undefined; readonly most: number | undefined },
): Pick<Marker, "integer" | "yearDigits"> {
  const wide = least !== undefined && integer.mandatory < least ? { ...integer, mandatory: least } : integer;
  if (component !== "Y") return { integer: wide, yearDigits: undefined };
  if (most !== undefined) return { integer: { ...wide, mandatory: most }, yearDigits: most };
  const digits = wide.mandatory + wide.optional;
  return { integer: wide, yearDigits: digits >= 2 ? digits : undefined };
}
