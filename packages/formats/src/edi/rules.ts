import type { EdiElement, EdiItem, EdiSegment } from "./document.ts";
import type { EdiBreach, EdiFaultKind } from "./fault.ts";
import { shapeOf, type ElementShape, type SegmentRules, type ValueRule } from "./rule-notation.ts";

const NONE: readonly EdiBreach[] = [];

/** What in a segment breaks its rules, in order. It runs for every segment: most break none, and then nothing is made. */
export function breaches({ tag, elements }: EdiSegment, rules: SegmentRules): readonly EdiBreach[] {
  const shape = shapeOf(rules, tag);
  if (shape === undefined) return NONE;
  let found: EdiBreach[] | undefined;
  for (let index = 0; index < shape.elements.length; index++) {
    const expected = shape.elements[index];
    if (expected === undefined) continue;
    checkElement(elements[index] ?? "", expected, (breach) => (found ??= []).push({ ...breach, element: index + 1 }));
  }
  const most = shape.elements.length;
  if (shape.isOpen || elements.length <= most) return found ?? NONE;
  const surplus = elements.findIndex((element, index) => index >= most && element !== "");
  if (surplus < 0) return found ?? NONE;
  return [...(found ?? NONE), { kind: "tooManyElements", reason: `expected at most ${most} elements, found more`, element: surplus + 1 }];
}

type Report = (breach: EdiBreach) => void;

function checkElement(element: EdiElement, shape: ElementShape, report: Report): void {
  if (typeof element === "object" && "repeat" in element) {
    if (shape.repeats) for (const item of element.repeat) checkItem(item, shape, report);
    else report({ kind: "tooManyRepetitions", reason: `expected one value, found ${element.repeat.length} repetitions` });
  } else if (!isEmpty(element)) checkItem(element, shape, report);
  else if (shape.isRequired) report({ kind: "missingElement", reason: "expected a value, found nothing" });
}

function isEmpty(item: EdiItem): boolean {
  return typeof item === "string" ? item === "" : item.every((value) => value === "");
}

function checkItem(item: EdiItem, { values, isOpen }: ElementShape, report: Report): void {
  const count = typeof item === "string" ? 1 : item.length;
  if (count > values.length && !isOpen) {
    const most = values.length === 1 ? "one value" : `at most ${values.length} components`;
    report({ kind: "tooManyComponents", reason: `expected ${most}, found ${count} components` });
    return;
  }
  const isSingle = values.length === 1 && !isOpen;
  for (let index = 0; index < values.length; index++) {
    const rule = values[index];
    const value = typeof item === "string" ? (index === 0 ? item : "") : (item[index] ?? "");
    const breach = rule === undefined ? undefined : valueBreach(value, rule);
    if (breach !== undefined) report(isSingle ? breach : { ...breach, component: index + 1 });
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
  const form = FORMS[rule.type];
  if (form !== undefined && !form.pattern.test(value)) {
    return { kind: form.kind, reason: `expected ${form.what} (${rule.text}), found ${shown(value)}`, value };
  }
  const length = lengthOf(value, rule);
  if (length < rule.least || length > rule.most) {
    const { least, most } = rule;
    const expected =
      least === most ? String(most) : least === 0 ? `at most ${most}` : length < least ? `at least ${least}` : `at most ${most}`;
    const kind = length < least ? "tooShort" : "tooLong";
    return { kind, reason: `expected ${expected} characters (${rule.text}), found ${length}: ${shown(value)}`, value };
  }
  if (rule.codes === undefined || rule.codes.includes(value)) return undefined;
  return { kind: "wrongCode", reason: `expected one of ${rule.codes.join(", ")}, found ${shown(value)}`, value };
}

function lengthOf(value: string, { type }: ValueRule): number {
  // Signs, decimal marks and exponents do not count.
  if (type === "n" || type === "n0" || type === "r") return value.replace(/[-.,E]/g, "").length;
  // Only beyond ASCII may a character be more than one unit.
  return /^[\0-\x7F]*$/.test(value) ? value.length : [...value].length;
}

function shown(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
}
