import type { EdiSegment } from "./document.ts";
import type { SegmentRules } from "./rule-notation.ts";

/** How often a segment or a loop may stand at its place. */
interface Occurrence {
  readonly min: number;
  readonly max: number;
}

export interface SegmentPosition extends Occurrence {
  readonly kind: "segment";
  readonly segment: SegmentPattern;
}

/** It begins with its first position, which is a segment. */
export interface LoopPosition extends Occurrence {
  readonly kind: "loop";
  readonly loop: string;
  readonly first: SegmentPattern;
  readonly of: readonly LayoutPosition[];
}

export type LayoutPosition = SegmentPosition | LoopPosition;

/** A tag, and the value that an element has, where one tag stands for several things. */
export interface SegmentPattern {
  readonly tag: string;
  readonly where?: { readonly element: number; readonly value: string };
}

/** One type of message: which segments it has, in which order, and what their elements are. */
export interface EdiLayout {
  /** The type, such as `850` or `ORDERS`. */
  readonly message: string;
  /** The beginning of the version, such as `004010` or `D:96A`; without it all versions. */
  readonly version: string | undefined;
  readonly segments: SegmentRules;
  readonly structure: readonly LayoutPosition[];
  /** All tags of the structure. */
  readonly tags: ReadonlySet<string>;
}

export function matchesPattern({ tag, elements }: EdiSegment, pattern: SegmentPattern): boolean {
  if (tag !== pattern.tag) return false;
  if (pattern.where === undefined) return true;
  const element = elements[pattern.where.element - 1] ?? "";
  const first = typeof element === "object" && "repeat" in element ? (element.repeat[0] ?? "") : element;
  return (typeof first === "string" ? first : first[0]) === pattern.where.value;
}

export function firstOf(position: LayoutPosition): SegmentPattern {
  return position.kind === "segment" ? position.segment : position.first;
}

export function describePosition(position: LayoutPosition): string {
  const { tag, where } = firstOf(position);
  const which = where === undefined ? tag : `${tag} with ${where.value} as element ${where.element}`;
  return position.kind === "segment" ? which : `${which} of loop ${position.loop}`;
}
