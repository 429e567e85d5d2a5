import type { EdiElement, EdiSegment } from "./document.ts";

/** What an element may be in the notation of the standards: `an..3`, `n..15`, `an2`, `n1..9`; a list for a composite, "" where anything is right. */
export type ElementRule = string | readonly string[];
export type SegmentRules = Readonly<Record<string, readonly ElementRule[]>>;

export interface BrokenRule {
  readonly element: number;
  readonly reason: string;
}

/** The first element of a segment that breaks its rule. */
export function brokenRule(segment: EdiSegment, rules: SegmentRules): BrokenRule | undefined {
  const expected = Object.hasOwn(rules, segment.tag) ? (rules[segment.tag] ?? []) : [];
  for (const [index, rule] of expected.entries()) {
    const element = segment.elements[index];
    const reason = rule === "" || element === undefined ? undefined : reasonAgainst(element, rule);
    if (reason !== undefined) return { element: index + 1, reason };
  }
  return undefined;
}

function reasonAgainst(element: EdiElement, rule: ElementRule): string | undefined {
  if (typeof element === "object" && "repeat" in element) return `expected one value, found ${element.repeat.length} repetitions`;
  const components = typeof element === "string" ? [element] : element;
  const rules = typeof rule === "string" ? [rule] : rule;
  if (rules.length === 1 && components.length > 1) return `expected one value, found ${components.length} components`;
  for (const [index, value] of components.entries()) {
    const reason = value === "" ? undefined : valueReason(value, rules[index] ?? "");
    if (reason !== undefined) return components.length === 1 ? reason : `component ${index + 1}: ${reason}`;
  }
  return undefined;
}

function valueReason(value: string, rule: string): string | undefined {
  const parts = /^(an|n)(\d*)(\.\.)?(\d*)$/.exec(rule);
  if (rule === "" || parts === null) return undefined;
  const isNumber = parts[1] === "n";
  const most = Number(parts[4] === "" ? parts[2] : parts[4]);
  const least = parts[2] === "" ? 0 : Number(parts[2]);
  const found = JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (isNumber && !/^-?(?:\d+(?:[.,]\d*)?|[.,]\d+)$/.test(value)) return `expected a number (${rule}), found ${found}`;
  // Signs and decimal marks do not count.
  const length = isNumber ? value.replace(/[-.,]/g, "").length : [...value].length;
  if (length >= least && length <= most) return undefined;
  const lengths = least === most || least === 0 ? `${least === most ? "" : "at most "}${most}` : `${least} to ${most}`;
  return `expected ${lengths} characters (${rule}), found ${length}: ${found}`;
}
