import { defineFormat, option, withDefault, type FormatDefinition } from "@portolan/core";
import type { EdiDelimiters, EdiSegment } from "../edi/document.ts";
import { createEdiFormat, ediOptions } from "../edi/edi-format.ts";
import type { EdiDialect } from "../edi/read-document.ts";
import type { SegmentRules } from "../edi/rule-notation.ts";
import type { InterchangeStart } from "../edi/segment-reader.ts";
import { unusableDelimiters } from "../edi/unusable-delimiters.ts";
import type { EdiWriter } from "../edi/write-document.ts";
import { layoutContrl } from "./acknowledgement-layout.ts";
import { readContrl } from "./read-contrl.ts";
import { acknowledgeEdifact } from "./write-contrl.ts";
import { latestRules, numericRules, serviceRules } from "./directory-rules.ts";

const UNA_LENGTH = 9;

const edifact = {
  name: "edifact",
  title: "EDIFACT",
  interchange: { open: "UNB", close: "UNZ", control: 5 },
  group: { open: "UNG", close: "UNE", control: 5 },
  message: { open: "UNH", close: "UNT", control: 1 },
  isGrouped: false,
  counts: "groups",
  loose: [],
  service: serviceRules,
  start: readStart,
  una: ({ component, element, decimal = ".", release = " ", repetition, reserved = " ", segment }) =>
    `UNA${component}${element}${decimal}${release}${repetition ?? reserved}${segment}`,
  identify({ elements: [, type] }) {
    const [message = "", ...version] = Array.isArray(type) ? type : [String(type)];
    return { message, version: version.join(":") };
  },
  layouts: [layoutContrl],
  rulesOf,
} as const satisfies EdiDialect & EdiWriter & { readonly name: string };

/** UN/EDIFACT interchanges (ISO 9735), syntax versions 1 to 4. */
export const edifactFormat: FormatDefinition = defineFormat({
  name: "edifact",
  title: "EDIFACT",
  summary:
    "UN/EDIFACT interchanges (ISO 9735, syntax 1 to 4). The body is `{ interchanges: [{ delimiters, newline, una, header, groups or messages, trailer }] }`, " +
    "a group `{ header, messages, trailer }`, a message `{ header, segments, trailer }`; a segment is `{ tag, elements }`, " +
    "an element a text, the list of a composite's components, or `{ repeat: […] }`. " +
    "Counts and control references are checked, and what was read is written with the same bytes. " +
    "Read record by record, each message is a record: `{ delimiters, interchange, group, message }`.",
  mediaTypes: ["application/edifact"],
  extensions: ["edifact"],
  options: {
    ...ediOptions,
    acknowledge: withDefault(
      option.boolean,
      false,
      "Writing: the CONTRL of the document that is the body, instead of the document. Reading: what a CONTRL says, as `[{ kind, control, result, codes, messages }]`.",
    ),
  },
  create: (options, surroundings) =>
    createEdiFormat(
      edifact,
      { ...options, acknowledgements: options.acknowledge ? { write: acknowledgeEdifact, read: readContrl } : undefined },
      surroundings,
    ),
});

/** What holds without a UNA: ISO 9735 has printable delimiters, and for level B those of ISO 646. */
const PRINTABLE: EdiDelimiters = { element: "+", component: ":", segment: "'", decimal: ".", release: "?" };
const CONTROLS: EdiDelimiters = { element: "\x1D", component: "\x1F", segment: "\x1C", decimal: "." };

function readStart(text: string): InterchangeStart {
  const isUna = text.startsWith("UNA");
  const una = isUna ? text.slice(3, UNA_LENGTH) : "";
  if (isUna && una.length < 6) return "expected six characters after UNA, found the end of the text";
  const afterUna = isUna ? (/^[ \t\r\n]*/.exec(text.slice(UNA_LENGTH))?.[0] ?? "") : "";
  const at = isUna ? UNA_LENGTH + afterUna.length : 0;
  const [component = "", element = "", decimal = "", release = "", fifth = "", segment = ""] = una;
  const given = isUna
    ? { element, component, segment, decimal, ...(release !== " " && { release }) }
    : text.startsWith("UNB\x1D")
      ? CONTROLS
      : PRINTABLE;
  const used = [given.element, given.component, given.segment, ...(given.release === undefined ? [] : [given.release])];
  const fault = unusableDelimiters(used);
  if (fault !== undefined) return fault;
  const version = versionOf(text.slice(at, at + 12), given);
  if (version === undefined) {
    const found = JSON.stringify(text.slice(at, at + 12));
    return `expected ${isUna ? "" : "UNA, or "}UNB with a syntax such as UNOA${given.component}3, found ${found}`;
  }
  // The repetition separator came with syntax 4; before, its place in UNA was reserved.
  const repetition = version < 4 ? undefined : isUna ? (fifth === " " ? undefined : fifth) : given === CONTROLS ? undefined : "*";
  const unusable = repetition === undefined ? undefined : unusableDelimiters([repetition, ...used]);
  if (unusable !== undefined) return unusable;
  const delimiters: EdiDelimiters = {
    ...given,
    ...(repetition !== undefined && { repetition }),
    ...(isUna && repetition === undefined && fifth !== " " && { reserved: fifth }),
  };
  return { delimiters, at, ...(isUna && { afterUna }) };
}

function versionOf(header: string, { element, component }: EdiDelimiters): number | undefined {
  const isHeader = header.startsWith(`UNB${element}`) && /^[A-Z]{3}[A-Z0-9]$/.test(header.slice(4, 8)) && header.charAt(8) === component;
  const version = header.charAt(9);
  return isHeader && /^[1-9]$/.test(version) ? Number(version) : undefined;
}

/** Rules hold for the directories of the UN; other agencies have segments of their own under the same tags. */
function rulesOf({ elements }: EdiSegment): SegmentRules | undefined {
  const type = elements[1];
  if (!Array.isArray(type) || type[3] !== "UN") return undefined;
  const release = /^(\d\d)[AB]$/.exec(String(type[2]))?.[1];
  // Quantities were numbers until D.00B.
  return release !== undefined && Number(release) >= 90 ? numericRules : latestRules;
}
