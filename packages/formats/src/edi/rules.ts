import type { EdiElement, EdiItem, EdiSegment } from "./document.ts";
import type { EdiBreach, EdiFaultKind } from "./fault.ts";

/**
 * What an element may be: a value's rule; a list of them for a composite, which may hold `M` and `R`, too; "" where anything is right;
 * `...` at the end where more elements may follow. A value's rule is in the notation of the standards: `M` if it must be
 * there, `R` if it may repeat, its type and lengths, and the codes that are allowed: `an..35`, `M n1..9`, `M id2 00|05`.
 * Types are a, an, id, n (a number), r (one of X12, which may have an exponent), n0 (a whole one), dt and tm.
 */
export type ElementRule = string | readonly string[];
export type SegmentRules = Readonly<Record<string, readonly ElementRule[]>>;

interface ValueRule {
  readonly isRequired: boolean;
  readonly repeats: boolean;
  readonly type: string;
  readonly least: number;
  readonly most: number;
  readonly codes: readonly string[] | undefined;
  readonly text: string;
}

const NOTATION = /^(M )?(R )?(an|a|id|n0|n|r|dt|tm)(\d+)?(\.\.)?(\d+)?(?: ([^ ]+))?$/;
const known = new Map<string, ValueRule | undefined>();

/** The parts of a rule of one value; undefined if it is none. */
export function readRule(given: string): ValueRule | undefined {
  if (known.has(given)) return known.get(given);
  const parts = NOTATION.exec(given);
  const rule = parts === null ? undefined : ruleOf(parts, given);
  known.set(given, rule);
  return rule;
}

function ruleOf([, required, repeats, type = "", first, dots, last, codes]: RegExpExecArray, text: string): ValueRule {
  const most = last ?? (dots === undefined ? first : undefined);
  return {
    isRequired: required !== undefined,
    repeats: repeats !== undefined,
    type,
    least: dots !== undefined && first === undefined ? 0 : Number(first ?? 0),
    most: most === undefined ? Number.POSITIVE_INFINITY : Number(most),
    codes: codes?.split("|"),
    text: text.replace(/^(?:M )?(?:R )?/, "").split(" ")[0] ?? "",
  };
}

/** What in a segment breaks its rules, in order. */
export function breaches(segment: EdiSegment, rules: SegmentRules): EdiBreach[] {
  const expected = Object.hasOwn(rules, segment.tag) ? rules[segment.tag] : undefined;
  if (expected === undefined) return [];
  const found: EdiBreach[] = [];
  for (const [index, rule] of expected.entries()) {
    if (rule === "...") return found;
    for (const breach of elementBreaches(segment.elements[index] ?? "", rule)) found.push({ ...breach, element: index + 1 });
  }
  const surplus = segment.elements.findIndex((element, index) => index >= expected.length && element !== "");
  if (surplus >= 0) {
    found.push({ kind: "tooManyElements", reason: `expected at most ${expected.length} elements, found more`, element: surplus + 1 });
  }
  return found;
}

function* elementBreaches(element: EdiElement, rule: ElementRule): Generator<EdiBreach> {
  if (rule === "") return;
  const { isRequired, repeats, values } = shapeOf(rule);
  if (typeof element === "object" && "repeat" in element) {
    if (repeats) for (const item of element.repeat) yield* itemBreaches(item, values);
    else yield { kind: "tooManyRepetitions", reason: `expected one value, found ${element.repeat.length} repetitions` };
  } else if (!isEmpty(element)) yield* itemBreaches(element, values);
  else if (isRequired) yield { kind: "missingElement", reason: "expected a value, found nothing" };
}

function shapeOf(rule: ElementRule): { readonly isRequired: boolean; readonly repeats: boolean; readonly values: readonly string[] } {
  if (typeof rule === "string") {
    const { isRequired = false, repeats = false } = readRule(rule) ?? {};
    return { isRequired, repeats, values: [rule] };
  }
  const values = rule.filter((value) => value !== "M" && value !== "R");
  return { isRequired: rule.includes("M"), repeats: rule.includes("R"), values };
}

function isEmpty(item: EdiItem): boolean {
  return typeof item === "string" ? item === "" : item.every((value) => value === "");
}

function* itemBreaches(item: EdiItem, rules: readonly string[]): Generator<EdiBreach> {
  const components = typeof item === "string" ? [item] : item;
  if (components.length > rules.length && rules.at(-1) !== "...") {
    const most = rules.length === 1 ? "one value" : `at most ${rules.length} components`;
    yield { kind: "tooManyComponents", reason: `expected ${most}, found ${components.length} components` };
    return;
  }
  for (const [index, given] of rules.entries()) {
    const rule = given === "" || given === "..." ? undefined : readRule(given);
    if (rule === undefined) continue;
    const breach = valueBreach(components[index] ?? "", rule);
    if (breach !== undefined) yield rules.length === 1 ? breach : { ...breach, component: index + 1 };
  }
}

const FORMS: Readonly<Record<string, { readonly pattern: RegExp; readonly what: string; readonly kind: EdiFaultKind }>> = {
  a: { pattern: /^[^0-9]*$/u, what: "letters", kind: "wrongCharacters" },
  n: { pattern: /^-?(?:\d+(?:[.,]\d*)?|[.,]\d+)$/, what: "a number", kind: "wrongCharacters" },
  n0: { pattern: /^-?\d+$/, what: "a whole number", kind: "wrongCharacters" },
  r: { pattern: /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:E-?\d+)?$/, what: "a number", kind: "wrongCharacters" },
  dt: { pattern: /^(?:\d\d)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/, what: "a date", kind: "wrongDate" },
  tm: { pattern: /^(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\d\d?)?)?$/, what: "a time", kind: "wrongTime" },
};

function valueBreach(value: string, rule: ValueRule): EdiBreach | undefined {
  if (value === "") return rule.isRequired ? { kind: "missingElement", reason: "expected a value, found nothing" } : undefined;
  const found = JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  const form = FORMS[rule.type];
  if (form !== undefined && !form.pattern.test(value)) {
    return { kind: form.kind, reason: `expected ${form.what} (${rule.text}), found ${found}`, value };
  }
  // Signs, decimal marks and exponents do not count.
  const length = ["n", "n0", "r"].includes(rule.type) ? value.replace(/[-.,E]/g, "").length : [...value].length;
  if (length < rule.least || length > rule.most) {
    const { least, most } = rule;
    const expected =
      least === most ? String(most) : least === 0 ? `at most ${most}` : length < least ? `at least ${least}` : `at most ${most}`;
    const kind = length < least ? "tooShort" : "tooLong";
    return { kind, reason: `expected ${expected} characters (${rule.text}), found ${length}: ${found}`, value };
  }
  if (rule.codes === undefined || rule.codes.includes(value)) return undefined;
  return { kind: "wrongCode", reason: `expected one of ${rule.codes.join(", ")}, found ${found}`, value };
}
