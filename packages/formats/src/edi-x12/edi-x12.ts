import { defineFormat, option, withDefault, type FormatDefinition } from "@portolan/core";
import { createEdiFormat, ediOptions, type EdiAcknowledgements } from "../edi/edi-format.ts";
import type { EdiDialect } from "../edi/read-document.ts";
import type { InterchangeStart } from "../edi/segment-reader.ts";
import { unusableDelimiters } from "../edi/unusable-delimiters.ts";
import type { EdiWriter } from "../edi/write-document.ts";
import { layout997, layout999 } from "./acknowledgement-layouts.ts";
import { readX12Acknowledgements } from "./read-acknowledgement.ts";
import { acknowledgeX12, type X12Acknowledgement } from "./write-acknowledgement.ts";
import { commonRules, serviceRules } from "./segment-rules.ts";

/** The lengths of the 16 elements of ISA, which alone is of fixed width (X12.5). */
const ISA_LENGTHS = [2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];
const ISA_LENGTH = 105;

const x12 = {
  name: "edi-x12",
  title: "X12",
  interchange: { open: "ISA", close: "IEA", control: 13, isNumeric: true },
  group: { open: "GS", close: "GE", control: 6, isNumeric: true },
  message: { open: "ST", close: "SE", control: 2 },
  isGrouped: true,
  counts: "groups",
  loose: ["TA1", "TA3"],
  service: serviceRules,
  binary: { BIN: 1, BDS: 2 },
  start: readIsa,
  // ISA holds delimiters as its data.
  header: ({ element, segment }) => ({ element, segment, component: "" }),
  identify: ({ elements: [type, , version] }, group) => ({
    message: String(type),
    version: String(version === undefined || version === "" ? (group?.elements[7] ?? "") : version),
  }),
  layouts: [layout997, layout999],
  rulesOf: () => commonRules,
} as const satisfies EdiDialect & EdiWriter & { readonly name: string };

/** ASC X12 interchanges. */
export const ediX12Format: FormatDefinition = defineFormat({
  name: "edi-x12",
  title: "EDI X12",
  summary:
    "ASC X12 interchanges. The body is `{ interchanges: [{ delimiters, newline, header, groups: [{ header, messages: [{ header, segments, trailer }], trailer }], trailer }] }`; " +
    "a segment is `{ tag, elements }`, an element a text, the list of a composite's components, or `{ repeat: […] }`. " +
    "Counts and control numbers are checked, and what was read is written with the same bytes. " +
    "Read record by record, each message is a record: `{ delimiters, interchange, group, message }`.",
  mediaTypes: ["application/edi-x12"],
  extensions: ["x12"],
  options: {
    ...ediOptions,
    acknowledge: withDefault(
      option.oneOf(false, 997, 999),
      false,
      "Writing: the acknowledgement of the document that is the body, instead of the document. Reading: what 997s, 999s and TA1s say, as `[{ kind, control, result, codes, messages }]`.",
    ),
  },
  create: (options, surroundings) =>
    createEdiFormat(x12, { ...options, acknowledgements: acknowledgementsOf(options.acknowledge) }, surroundings),
});

function acknowledgementsOf(kind: X12Acknowledgement | false): EdiAcknowledgements | undefined {
  if (kind === false) return undefined;
  return { write: (document, stamp) => acknowledgeX12(document, kind, stamp), read: readX12Acknowledgements };
}

function readIsa(text: string): InterchangeStart {
  if (!text.startsWith("ISA")) return `expected ISA, found ${JSON.stringify(text.slice(0, 10))}`;
  const element = text.charAt(3);
  const segment = text.charAt(ISA_LENGTH);
  if (segment === "") return `expected an ISA of ${ISA_LENGTH + 1} characters, found ${text.length}`;
  const elements = text.slice(4, ISA_LENGTH).split(element);
  for (const [index, length] of ISA_LENGTHS.entries()) {
    const found = elements[index];
    if (found?.length !== length) {
      return `expected an element ${index + 1} of ${length} characters, as ISA is of fixed width, found ${JSON.stringify(found ?? "")}`;
    }
  }
  const [repetition = "", version = ""] = [elements[10], elements[11]];
  const component = elements[15] ?? "";
  // Before 00402 ISA11 names a standard: a letter, such as U.
  const repeats = version >= "00402" && !/[A-Za-z0-9 ]/.test(repetition) ? { repetition } : {};
  const fault = unusableDelimiters([element, component, segment, ...Object.values(repeats)]);
  if (fault !== undefined) return fault;
  return { delimiters: { element, component, segment, ...repeats }, at: 0 };
}
