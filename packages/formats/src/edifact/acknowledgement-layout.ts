import { readLayout } from "../edi/read-layout.ts";

const PARTY = ["M", "M an..35", "an..4", "an..35", "an..35"];
const POSITION = ["n0..3", "n0..3", "n0..6"];
const REPORT = ["M an..3", "an..3", "an..3", POSITION, "..."];
const MESSAGES = { loop: "UCM 0..", of: ["UCM", { loop: "UCS 0..", of: ["UCS", "UCD 0..99"] }] };

/** The syntax and service report (CONTRL, versions 2 to 4). */
export const layoutContrl = readLayout(
  {
    message: "CONTRL",
    segments: {
      UCI: ["M an..14", PARTY, PARTY, ...REPORT],
      UCF: ["M an..14", "", "", ...REPORT],
      UCM: ["an..14", ["an..6", "an..3", "an..3", "an..3", "an..6", "an..6", "an..6"], ...REPORT],
      UCS: ["M n0..6", "an..3"],
      UCD: ["M an..3", ["M", "n0..3", "n0..3", "n0..6"]],
    },
    structure: ["UCI", MESSAGES, { loop: "UCF 0..", of: ["UCF", MESSAGES] }],
  },
  "CONTRL",
);
