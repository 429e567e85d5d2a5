import { describeValue, isRecord, PortolanError, unknownKey } from "@portolan/core";
import type { EdiLayout, LayoutPosition, SegmentPattern } from "./layout.ts";
import { firstOf } from "./layout.ts";
import { readRule, type ElementRule, type SegmentRules } from "./rule-notation.ts";

const KEYS = ["message", "version", "segments", "structure"];

/** A layout as people write it; PORTOLAN_CONFIG_INVALID says what is wrong with it. `name` is that of its file, if it has one. */
export function readLayout(given: unknown, name: string): EdiLayout {
  const layout = mapOf(given, { at: name, keys: KEYS });
  const { message, version, segments, structure } = layout;
  const isVersion = version === undefined || typeof version === "string";
  if ((typeof message !== "string" && typeof message !== "number") || !isVersion) {
    throw unusable(name, "message: a type such as 850 or ORDERS, and a version that is a text", layout);
  }
  const positions = readPositions(structure, `${name}, structure`);
  return {
    message: String(message),
    version,
    segments: readRules(segments ?? {}, `${name}, segments`),
    structure: positions,
    tags: new Set(tagsOf(positions)),
  };
}

function* tagsOf(positions: readonly LayoutPosition[]): Generator<string> {
  for (const position of positions) {
    yield firstOf(position).tag;
    if (position.kind === "loop") yield* tagsOf(position.of);
  }
}

function readPositions(given: unknown, at: string): readonly LayoutPosition[] {
  if (!Array.isArray(given) || given.length === 0) throw unusable(at, "a list of segments and loops", given);
  return given.map((one: unknown, index) => readPosition(one, `${at}.${index}`));
}

const SEGMENT = /^([A-Z][A-Z0-9]{1,2})(?:\[(\d+)=([^\]]+)\])?(?: (\d+)\.\.(\d*))?$/;
const LOOP = /^(\S+)(?: (\d+)\.\.(\d*))?$/;

function readPosition(given: unknown, at: string): LayoutPosition {
  if (typeof given === "string") {
    const found = SEGMENT.exec(given);
    if (found === null) throw unusable(at, 'a segment such as "BEG", "REF 0..12" or "N1[1=ST] 0..1"', given);
    const [, tag = "", element, value = "", min, max] = found;
    const segment: SegmentPattern = element === undefined ? { tag } : { tag, where: { element: Number(element), value } };
    return { kind: "segment", segment, ...occurrence(min, max) };
  }
  const { loop, of } = mapOf(given, { at, keys: ["loop", "of"] });
  const found = typeof loop === "string" ? LOOP.exec(loop) : null;
  if (found === null) throw unusable(at, 'a loop such as { loop: "N1 0..200", of: ["N1", "N3 0..2"] }', given);
  const [, name = "", min, max] = found;
  const positions = readPositions(of, `${at}.of`);
  const [first] = positions;
  if (first?.kind !== "segment") throw unusable(`${at}.of`, "a loop that begins with a segment", of);
  return { kind: "loop", loop: name, first: first.segment, of: positions, ...occurrence(min, max) };
}

function occurrence(min: string | undefined, max: string | undefined): { readonly min: number; readonly max: number } {
  if (min === undefined) return { min: 1, max: 1 };
  return { min: Number(min), max: max === undefined || max === "" ? Number.POSITIVE_INFINITY : Number(max) };
}

function readRules(given: unknown, at: string): SegmentRules {
  const rules = mapOf(given, { at });
  return Object.fromEntries(
    Object.entries(rules).map(([tag, elements]) => {
      if (!Array.isArray(elements)) throw unusable(`${at}.${tag}`, "the list of its elements", elements);
      return [tag, elements.map((rule: unknown, index) => elementRule(rule, `${at}.${tag}.${index}`))];
    }),
  );
}

function elementRule(given: unknown, at: string): ElementRule {
  if (Array.isArray(given)) return given.map((one: unknown) => valueRule(one, at));
  return valueRule(given, at);
}

function valueRule(given: unknown, at: string): string {
  const isRule = typeof given === "string" && (["", "...", "M", "R"].includes(given) || readRule(given) !== undefined);
  if (isRule) return given;
  throw unusable(at, 'a rule such as "an..35", "M n1..9" or "id2 00|05"', given);
}

function mapOf(
  given: unknown,
  { at, keys }: { readonly at: string; readonly keys?: readonly string[] },
): Readonly<Record<string, unknown>> {
  if (!isRecord(given)) throw unusable(at, keys === undefined ? "a map" : `a map with ${keys.join(", ")}`, given);
  const unknown = keys === undefined ? undefined : Object.keys(given).find((key) => !keys.includes(key));
  if (unknown === undefined || keys === undefined) return given;
  const { message, hint } = unknownKey(unknown, keys);
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${at}: ${message}`, hint === undefined ? {} : { hint });
}

function unusable(at: string, expected: string, found: unknown): PortolanError {
  const shown = typeof found === "string" ? JSON.stringify(found) : describeValue(found);
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `${at} of an EDI layout cannot be used: expected ${expected}, found ${shown}`);
}
