import type { SegmentRules } from "../edi/rule-notation.ts";

const PARTY = ["M", "an..35", "an..4", "an..35", "an..35"];

/** The segments of envelopes (ISO 9735-1), with the lengths of all versions of the syntax. */
export const serviceRules: SegmentRules = {
  UNB: [
    ["M", "M a4", "M an1", "an..6", "an..3", "an..2", "an..6"],
    PARTY,
    PARTY,
    ["M", "M n06..8", "M n04"],
    "M an..14",
    ["an..14", "an2"],
    "an..14",
    "a1",
    "n1",
    "an..35",
    "n1",
    "...",
  ],
  UNZ: ["M n0..6", "M an..14"],
  UNG: ["an..6", PARTY, PARTY, ["n06..8", "n04"], "M an..14", "..."],
  UNE: ["M n0..6", "M an..14"],
  UNH: ["M an..14", ["M", "M an..6", "M an..3", "M an..3", "M an..3", "..."], "..."],
  UNT: ["M n0..10", "M an..14"],
};

/** Elements that are the same in all directories of the UN, with the longest lengths of any. */
export const latestRules: SegmentRules = {
  ALI: ["an..3", "an..3", "an..3", "an..3", "an..3", "an..3", "..."],
  CNT: [["M", "M an..3", "M n..18", "an..8"], "..."],
  CUX: [["M an..3", "an..3", "an..3", "n..4"], ["M an..3", "an..3", "an..3", "n..4"], "n..12", "an..3", "..."],
  DTM: [["an..3", "an..35", "an..3"]],
  LIN: ["an..6", "an..3", ["an..35", "an..3", "an..17", "an..3"], "..."],
  MOA: [["an..3", "n..35", "an..3", "an..3", "an..3"]],
  NAD: ["an..3", "..."],
  PRI: [["an..3", "n..15", "an..3", "an..3", "n..9", "an..8"], "..."],
  RFF: [["an..3", "an..70", "an..6", "an..35", "an..6"]],
  UNS: ["M a1 D|S"],
};

/** Directories from D.90 to D.99 hold a quantity to be a number. */
export const numericRules: SegmentRules = { ...latestRules, QTY: [["an..3", "n..15", "an..8"]] };
