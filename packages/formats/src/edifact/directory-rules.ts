import type { SegmentRules } from "../edi/rules.ts";

/** Elements that are the same in all directories of the UN. */
export const latestRules: SegmentRules = {
  DTM: [["an..3", "an..35", "an..3"]],
  MOA: [["an..3", "n..35", "an..3", "an..3", "an..3"]],
  NAD: ["an..3"],
  PRI: [["an..3", "n..15", "an..3", "an..3"]],
  RFF: [["an..3", "an..70", "an..6", "an..35", "an..6"]],
};

/** Directories from D.90 to D.99 hold a quantity to be a number. */
export const numericRules: SegmentRules = { ...latestRules, QTY: [["an..3", "n..15", "an..8"]] };
