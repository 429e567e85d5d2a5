import type { EdiPart, EdiSegment } from "./document.ts";
import type { EdiCheck } from "./envelopes.ts";
import type { EdiBreach, EdiError } from "./fault.ts";
import type { EdiLayout } from "./layout.ts";
import { matchLayout } from "./match-layout.ts";
import type { SegmentRules } from "./rule-notation.ts";
import { breaches } from "./rules.ts";
import type { PlacedSegment } from "./segment-reader.ts";

/** What a dialect knows of messages. */
export interface MessageDialect {
  /** The type and the version of a message. */
  identify(header: EdiSegment, group: EdiSegment | undefined): { readonly message: string; readonly version: string };
  /** Layouts that come with Portolan. Messages are checked by them, and stay flat. */
  readonly layouts: readonly EdiLayout[];
  /** The elements of segments that are known without a layout. */
  rulesOf(header: EdiSegment): SegmentRules | undefined;
}

export interface MessageCheckOptions {
  readonly dialect: MessageDialect;
  readonly options: { readonly check: EdiCheck; readonly layouts: readonly EdiLayout[] };
  readonly group: EdiSegment | undefined;
  report(error: EdiError): void;
}

/** Checks the segments of one message as they come, and their order when all have come. */
export function createMessageCheck(header: PlacedSegment, { dialect, options, group, report }: MessageCheckOptions) {
  const isChecked = options.check === "elements" || options.check === "full";
  const identity = dialect.identify(header.segment, group);
  const find = (layouts: readonly EdiLayout[]) =>
    layouts.find(({ message, version = "" }) => message === identity.message && identity.version.startsWith(version));
  const given = isChecked ? find(options.layouts) : undefined;
  const layout = given ?? (isChecked ? find(dialect.layouts) : undefined);
  const rules = layout?.segments ?? (isChecked ? dialect.rulesOf(header.segment) : undefined);
  const body: PlacedSegment[] = [];

  const fault = ({ place }: PlacedSegment, breach: EdiBreach, position: number): EdiError => ({
    ...place,
    ...breach,
    position,
  });
  if (options.check === "full" && layout === undefined) {
    const reason = `expected a message that a layout describes, found ${identity.message} of version ${identity.version}`;
    report(fault(header, { kind: "unknownMessage", reason }, 1));
  }

  return {
    header: header.segment,
    add(placed: PlacedSegment): void {
      body.push(placed);
      if (rules === undefined) return;
      for (const breach of breaches(placed.segment, rules)) report(fault(placed, breach, body.length + 1));
    },
    end(trailer: PlacedSegment): readonly EdiPart[] {
      const segments = body.map(({ segment }) => segment);
      if (layout === undefined) return segments;
      const parts = matchLayout(segments, layout, (breach, index) => report(fault(body[index] ?? trailer, breach, index + 2)));
      return given === undefined ? segments : parts;
    },
  };
}
