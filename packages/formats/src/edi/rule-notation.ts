/**
 * What an element may be: a value's rule; a list of them for a composite, which may hold `M` and `R`, too; "" where anything is right;
 * `...` at the end where more elements may follow. A value's rule is in the notation of the standards: `M` if it must be
 * there, `R` if it may repeat, its type and lengths, and the codes that are allowed: `an..35`, `M n1..9`, `M id2 00|05`.
 * Types are a, an, id, n (a number), r (one of X12, which may have an exponent), n0 (a whole one), dt and tm.
 */
export type ElementRule = string | readonly string[];
export type SegmentRules = Readonly<Record<string, readonly ElementRule[]>>;

export interface ValueRule {
  readonly isRequired: boolean;
  readonly repeats: boolean;
  readonly type: string;
  readonly least: number;
  readonly most: number;
  readonly codes: readonly string[] | undefined;
  readonly text: string;
}

/** The rules of an element, read once. */
export interface ElementShape {
  readonly isRequired: boolean;
  readonly repeats: boolean;
  /** Of its components; undefined where anything is right. */
  readonly values: readonly (ValueRule | undefined)[];
  /** Whether more components may follow. */
  readonly isOpen: boolean;
}

export interface SegmentShape {
  readonly elements: readonly (ElementShape | undefined)[];
  /** Whether more elements may follow. */
  readonly isOpen: boolean;
}

const NOTATION = /^(M )?(R )?(an|a|id|n0|n|r|dt|tm)(\d+)?(\.\.)?(\d+)?(?: ([^ ]+))?$/;

/** The parts of a rule of one value; undefined if it is none. */
export function readRule(given: string): ValueRule | undefined {
  const parts = NOTATION.exec(given);
  if (parts === null) return undefined;
  const [, required, repeats, type = "", first, dots, last, codes] = parts;
  const most = last ?? (dots === undefined ? first : undefined);
  return {
    isRequired: required !== undefined,
    repeats: repeats !== undefined,
    type,
    least: dots !== undefined && first === undefined ? 0 : Number(first ?? 0),
    most: most === undefined ? Number.POSITIVE_INFINITY : Number(most),
    codes: codes?.split("|"),
    text: given.replace(/^(?:M )?(?:R )?/, "").split(" ")[0] ?? "",
  };
}

const known = new WeakMap<SegmentRules, Map<string, SegmentShape | undefined>>();

/** The shape of the segments of a tag: rules are tables that live as long as their format. */
export function shapeOf(rules: SegmentRules, tag: string): SegmentShape | undefined {
  const shapes = known.get(rules) ?? new Map<string, SegmentShape | undefined>();
  known.set(rules, shapes);
  if (!shapes.has(tag)) shapes.set(tag, Object.hasOwn(rules, tag) ? segmentShape(rules[tag] ?? []) : undefined);
  return shapes.get(tag);
}

function segmentShape(rules: readonly ElementRule[]): SegmentShape {
  const isOpen = rules.at(-1) === "...";
  return { elements: (isOpen ? rules.slice(0, -1) : rules).map(elementShape), isOpen };
}

function elementShape(rule: ElementRule): ElementShape | undefined {
  if (rule === "") return undefined;
  if (typeof rule === "string") {
    const value = readRule(rule);
    return { isRequired: value?.isRequired === true, repeats: value?.repeats === true, values: [value], isOpen: false };
  }
  const isOpen = rule.at(-1) === "...";
  const values = rule.filter((value) => !["M", "R", "..."].includes(value)).map(readRule);
  return { isRequired: rule.includes("M"), repeats: rule.includes("R"), values, isOpen };
}
