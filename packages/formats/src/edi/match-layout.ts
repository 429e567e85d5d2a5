import type { EdiPart, EdiSegment } from "./document.ts";
import type { EdiBreach } from "./fault.ts";
import { describePosition, firstOf, matchesPattern, type EdiLayout, type LayoutPosition, type LoopPosition } from "./layout.ts";

interface Surroundings {
  /** Whether what encloses a level goes on with a segment. */
  follows(segment: EdiSegment): boolean;
  readonly loops: readonly LoopPosition[];
}

/** Takes a breach of the order, and the index of the segment at which it was seen; past the last one it is the trailer. */
export type ReportOrder = (breach: EdiBreach, index: number) => void;

/**
 * The segments of a message in the loops of its layout. A segment that has no place is reported, and stands where it came;
 * so nothing is lost, whatever the order.
 */
export function matchLayout(segments: readonly EdiSegment[], layout: EdiLayout, report: ReportOrder): readonly EdiPart[] {
  let at = 0;

  function level(positions: readonly LayoutPosition[], { follows, loops }: Surroundings): EdiPart[] {
    const parts: EdiPart[] = [];
    for (const [index, position] of positions.entries()) {
      const isLater = (segment: EdiSegment) => positions.slice(index + 1).some((later) => matchesPattern(segment, firstOf(later)));
      let count = 0;
      for (let segment = segments[at]; segment !== undefined; segment = segments[at]) {
        if (matchesPattern(segment, firstOf(position)) && count < position.max) {
          count += 1;
          const goesOn = (next: EdiSegment) => isLater(next) || again(position, next, count) || follows(next);
          parts.push(take(position, segment, { follows: goesOn, loops }));
          continue;
        }
        if (isLater(segment) || follows(segment)) break;
        // What has no place is left where it came, unless a later position of the levels above takes it.
        const exceeded = [...loops, position].find((one) => matchesPattern(segment, firstOf(one)));
        report(misplaced(segment, layout, exceeded), at);
        parts.push(segment);
        at += 1;
      }
      if (count < position.min) {
        const reason = `expected ${describePosition(position)}, found ${segments[at]?.tag ?? "the end of the message"}`;
        report({ kind: "missingSegment", reason, value: firstOf(position).tag }, at);
      }
    }
    return parts;
  }

  function take(position: LayoutPosition, segment: EdiSegment, { follows, loops }: Surroundings): EdiPart {
    if (position.kind === "loop") return { loop: position.loop, segments: level(position.of, { follows, loops: [...loops, position] }) };
    at += 1;
    return segment;
  }

  return level(layout.structure, { follows: () => false, loops: [] });
}

function again(position: LayoutPosition, segment: EdiSegment, count: number): boolean {
  return position.kind === "loop" && count < position.max && matchesPattern(segment, position.first);
}

function misplaced({ tag }: EdiSegment, layout: EdiLayout, exceeded: LayoutPosition | undefined): EdiBreach {
  if (exceeded !== undefined) {
    const kind = exceeded.kind === "loop" ? "tooManyLoops" : "tooManySegments";
    return { kind, reason: `expected ${describePosition(exceeded)} at most ${exceeded.max} times, found one more` };
  }
  if (layout.tags.has(tag)) return { kind: "unexpectedSegment", reason: `expected another segment here, found ${tag}` };
  return { kind: "unknownSegment", reason: `expected a segment of ${layout.message}, found ${tag}` };
}
