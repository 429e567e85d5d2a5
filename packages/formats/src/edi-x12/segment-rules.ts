import type { SegmentRules } from "../edi/rule-notation.ts";

/** The segments of envelopes. Lengths below those of the standard, which many senders use, are accepted. */
export const serviceRules: SegmentRules = {
  ISA: ["", "", "", "", "", "", "", "", "dt6", "tm4", "", "n05", "n09", "id1 0|1", "id1 P|T|I", "..."],
  IEA: ["M n01..5", "M n0..9"],
  GS: ["M id1..2", "M an1..15", "M an1..15", "M dt6..8", "M tm4..8", "M n01..9", "M id1..2", "M an1..12"],
  GE: ["M n01..6", "M n01..9"],
  ST: ["M id3", "M an1..9", "an1..35"],
  SE: ["M n01..10", "M an1..9"],
};

/** Elements that are the same in all transaction sets and versions. */
export const commonRules: SegmentRules = {
  BEG: ["M id2", "M id2", "M an1..22", "an1..30", "dt6..8", "..."],
  BIG: ["M dt6..8", "M an1..22", "dt6..8", "..."],
  CTT: ["n01..6", "r1..10", "..."],
  DTM: ["M id3", "dt6..8", "tm4..8", "..."],
  IT1: ["an1..20", "r1..15", "id2", "r1..17", "..."],
  N1: ["M id2..3", "an1..60", "id1..2", "an2..80", "..."],
  N4: ["an1..30", "id2", "id3..15", "id2..3", "..."],
  PO1: ["an1..20", "r1..15", "id2", "r1..17", "..."],
};
