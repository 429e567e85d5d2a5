import type { SegmentRules } from "../edi/rules.ts";

/** The elements of the functional acknowledgement, transaction set 997. */
export const acknowledgementRules: SegmentRules = {
  AK1: ["an2", "n1..9", "an1..12"],
  AK2: ["an3", "an4..9", "an1..35"],
  AK3: ["an2..3", "n1..10", "an1..6", "an1..3"],
  AK4: [["n1..2", "n1..2", "n1..2"], "n1..4", "an1..3", "an1..99"],
  AK5: ["an1", "an1..3", "an1..3", "an1..3", "an1..3", "an1..3"],
  AK9: ["an1", "n1..6", "n1..6", "n1..6", "an1..3", "an1..3", "an1..3", "an1..3", "an1..3"],
};
