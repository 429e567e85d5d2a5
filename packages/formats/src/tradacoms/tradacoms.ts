import { defineFormat, type FormatDefinition } from "@portolan/core";
import type { EdiDelimiters } from "../edi/document.ts";
import { createEdiFormat, ediOptions } from "../edi/edi-format.ts";
import type { EdiDialect } from "../edi/read-document.ts";
import type { SegmentRules } from "../edi/rule-notation.ts";
import type { EdiWriter } from "../edi/write-document.ts";

const DELIMITERS: EdiDelimiters = { element: "+", component: ":", segment: "'", release: "?", tag: "=" };

const service: SegmentRules = {
  STX: [
    ["M", "M id3..4 ANA|ANAA", "M n01"],
    ["M", "an..14", "an..35", "..."],
    ["M", "an..14", "an..35", "..."],
    ["M", "M dt6", "n06"],
    "M an..14",
    "...",
  ],
  END: ["M n01..5"],
  MHD: ["M n01..12", ["M", "M an..6", "M n01"]],
  MTR: ["M n01..10"],
  BAT: ["M an..12"],
  EOB: ["M n01..12"],
};

const tradacoms = {
  name: "tradacoms",
  title: "TRADACOMS",
  interchange: { open: "STX", close: "END" },
  group: { open: "BAT", close: "EOB" },
  message: { open: "MHD", close: "MTR" },
  isGrouped: false,
  counts: "messages",
  loose: [],
  service,
  start: (text: string) =>
    text.startsWith("STX=") ? { delimiters: DELIMITERS, at: 0 } : `expected STX=, found ${JSON.stringify(text.slice(0, 10))}`,
  identify({ elements: [, type] }) {
    const [message = "", version = ""] = Array.isArray(type) ? type : [String(type)];
    return { message, version };
  },
  layouts: [],
  rulesOf: () => undefined,
} as const satisfies EdiDialect & EdiWriter & { readonly name: string };

/** The EDI of British retail, before EDIFACT. */
export const tradacomsFormat: FormatDefinition = defineFormat({
  name: "tradacoms",
  title: "TRADACOMS",
  summary:
    "TRADACOMS transmissions. The body is `{ interchanges: [{ delimiters, newline, header, groups or messages, trailer }] }` as of EDIFACT: " +
    "STX and END around all, BAT and EOB around batches, MHD and MTR around messages. Counts are checked, and what was read is written with the same bytes.",
  mediaTypes: ["application/x-tradacoms"],
  extensions: ["tradacoms"],
  options: ediOptions,
  create: (options, surroundings) => createEdiFormat(tradacoms, options, surroundings),
});
