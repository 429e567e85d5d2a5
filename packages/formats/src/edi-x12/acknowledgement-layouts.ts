import { readLayout } from "../edi/read-layout.ts";

const ELEMENT_POSITION = ["M", "n01..2", "n01..2", "n01..4"];
const CODE = "an1..3";
const GROUP_RESULT = ["M id1", "M n01..6", "M n01..6", "M n01..6", CODE, CODE, CODE, CODE, CODE];

/** The functional acknowledgement (transaction set 997). */
export const layout997 = readLayout(
  {
    message: "997",
    segments: {
      AK1: ["M id2", "M n01..9", "an1..12"],
      AK2: ["M id3", "M an4..9", "an1..35"],
      AK3: ["M id2..3", "M n01..10", "an1..6", CODE],
      AK4: [ELEMENT_POSITION, "n01..4", "M an1..3", "an1..99"],
      AK5: ["M id1", CODE, CODE, CODE, CODE, CODE],
      AK9: GROUP_RESULT,
    },
    structure: ["AK1", { loop: "AK2 0..", of: ["AK2", { loop: "AK3 0..", of: ["AK3", "AK4 0..99"] }, "AK5"] }, "AK9"],
  },
  "997",
);

/** The implementation acknowledgement (transaction set 999). */
export const layout999 = readLayout(
  {
    message: "999",
    segments: {
      AK1: ["M id2", "M n01..9", "an1..12"],
      AK2: ["M id3", "M an4..9", "an1..35"],
      IK3: ["M id2..3", "M n01..10", "an1..6", CODE],
      IK4: [ELEMENT_POSITION, "n01..4", "M an1..3", "an1..99"],
      IK5: ["M id1", CODE, CODE, CODE, CODE, CODE],
      AK9: GROUP_RESULT,
    },
    structure: [
      "AK1",
      {
        loop: "AK2 0..",
        of: ["AK2", { loop: "IK3 0..", of: ["IK3", "CTX 0..10", { loop: "IK4 0..", of: ["IK4", "CTX 0..10"] }] }, "IK5"],
      },
      "AK9",
    ],
  },
  "999",
);
