import { defineFormat, type FormatDefinition } from "@portolan/core";
import type { EdiDelimiters, EdiSegment } from "../edi/document.ts";
import { createEdiFormat, ediOptions } from "../edi/edi-format.ts";
import type { EdiDialect, InterchangeStart } from "../edi/read-document.ts";
import type { SegmentRules } from "../edi/rules.ts";
import { unusableDelimiters } from "../edi/unusable-delimiters.ts";
import type { EdiWriter } from "../edi/write-document.ts";
import { latestRules, numericRules } from "./directory-rules.ts";

const UNA_LENGTH = 9;

const edifact: EdiDialect & EdiWriter = {
  title: "EDIFACT",
  interchange: { open: "UNB", close: "UNZ", control: 5 },
  group: { open: "UNG", close: "UNE", control: 5 },
  message: { open: "UNH", close: "UNT", control: 1 },
  isGrouped: false,
  loose: [],
  start: readStart,
  una: ({ component, element, decimal = ".", release = " ", repetition = " ", segment }) =>
    `UNA${component}${element}${decimal}${release}${repetition}${segment}`,
  rulesOf,
};

/** UN/EDIFACT interchanges (ISO 9735), syntax versions 1 to 4. */
export const edifactFormat: FormatDefinition = defineFormat({
  name: "edifact",
  title: "EDIFACT",
  summary:
    "UN/EDIFACT interchanges (ISO 9735, syntax 1 to 4). The body is `{ interchanges: [{ delimiters, newline, una, header, groups or messages, trailer }] }`, " +
    "a group `{ header, messages, trailer }`, a message `{ header, segments, trailer }`; a segment is `{ tag, elements }`, " +
    "an element a text, the list of a composite's components, or `{ repeat: […] }`. " +
    "Counts and control references are checked, and what was read is written with the same bytes.",
  mediaTypes: ["application/edifact"],
  extensions: ["edifact"],
  options: ediOptions,
  create: (options) => createEdiFormat("edifact", edifact, options),
});

function readStart(text: string, at: number): InterchangeStart {
  if (text.startsWith("UNA", at)) {
    const una = text.slice(at + 3, at + UNA_LENGTH);
    const [component = "", element = "", decimal = "", release = "", repetition = "", segment = ""] = una;
    if (una.length < 6) return "expected six characters after UNA, found the end of the text";
    const optional = { ...(repetition !== " " && { repetition }), ...(release !== " " && { release }) };
    const fault = unusableDelimiters([component, element, segment, ...Object.values(optional)]);
    if (fault !== undefined) return fault;
    return { delimiters: { element, component, segment, decimal, ...optional }, una: true, at: at + UNA_LENGTH };
  }
  const header = /^UNB\+[A-Z]{3}[A-Z0-9]:(\d)/.exec(text.slice(at, at + 12));
  if (header === null) {
    return `expected UNA, or UNB with a syntax such as UNOA:3, found ${JSON.stringify(text.slice(at, at + 12))}`;
  }
  // The repetition separator came with syntax 4.
  const isFour = header[1] === "4";
  const delimiters: EdiDelimiters = {
    element: "+",
    component: ":",
    segment: "'",
    decimal: ".",
    release: "?",
    ...(isFour && { repetition: "*" }),
  };
  return { delimiters, at };
}

/** Rules hold for the directories of the UN; other agencies have segments of their own under the same tags. */
function rulesOf({ elements }: EdiSegment): SegmentRules | undefined {
  const type = elements[1];
  if (!Array.isArray(type) || type[3] !== "UN") return undefined;
  const release = /^(\d\d)[AB]$/.exec(String(type[2]))?.[1];
  // Quantities were numbers until D.00B.
  return release !== undefined && Number(release) >= 90 ? numericRules : latestRules;
}
