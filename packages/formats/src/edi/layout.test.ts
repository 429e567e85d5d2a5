import { describe, expect, it, test } from "vitest";
import { createFormat, createFormats, ediX12Format } from "../index.ts";

const layout = {
  message: 850,
  version: "005010",
  segments: {
    BEG: ["M id2 00|05", "M id2", "M an1..22", "", "M dt8"],
    REF: ["M id2..3", "an1..50"],
    PO1: ["an1..20", "M r1..15", "M id2", "r1..17", "..."],
    CTT: ["M n01..6"],
  },
  structure: [
    "BEG",
    "REF 0..2",
    { loop: "N1 0..", of: ["N1[1=ST]", "N3 0..1"] },
    "N1[1=BT] 0..1",
    { loop: "PO1 1..3", of: ["PO1", { loop: "SCH 0..", of: ["SCH", "DTM 0..1"] }, "REF 0..1"] },
    "CTT",
  ],
};

const isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*P*:~";
const lines = [
  "BEG*00*SA*4711**20260105",
  "REF*DP*38",
  "N1*ST*Here",
  "N3*Street",
  "N1*ST*There",
  "N1*BT*Payer",
  "PO1*1*10*EA*9.5",
  "SCH*1",
  "DTM*002*20260105",
  "SCH*2",
  "REF*LI*1",
  "PO1*2*1*EA",
  "CTT*2",
];
const x12 = (segments: readonly string[]) =>
  `${isa}GS*PO*A*B*20260101*1200*7*X*005010~ST*850*1~${segments.map((one) => `${one}~`).join("")}SE*${segments.length + 2}*1~GE*1*7~IEA*1*000000001~`;
const format = createFormat(ediX12Format, { check: "full", layout: [layout] });
const decode = (segments: readonly string[]) => format.decode(Buffer.from(x12(segments)));

/** A message as its tags, loops as lists under their names. */
const shape = (parts: readonly { tag?: string; loop?: string; segments?: never }[]): unknown[] =>
  parts.map((part) => part.tag ?? { [String(part.loop)]: shape(part.segments ?? []) });

interface Decoded {
  readonly interchanges: readonly { readonly groups: readonly { readonly messages: readonly { readonly segments: never[] }[] }[] }[];
}

test("a message that a layout describes is read as its loops, and written with the same bytes", () => {
  const document = decode(lines);
  expect(shape((document as Decoded).interchanges[0]?.groups[0]?.messages[0]?.segments ?? [])).toEqual([
    "BEG",
    "REF",
    { N1: ["N1", "N3"] },
    { N1: ["N1"] },
    "N1",
    { PO1: ["PO1", { SCH: ["SCH", "DTM"] }, { SCH: ["SCH"] }, "REF"] },
    { PO1: ["PO1"] },
    "CTT",
  ]);
  expect(Buffer.from(format.encode(document)).toString()).toBe(x12(lines));
});

const without = (...gone: readonly string[]) => lines.filter((line) => !gone.some((start) => line.startsWith(start)));
const after = (start: string, ...added: readonly string[]) => lines.flatMap((line) => (line.startsWith(start) ? [line, ...added] : [line]));

describe("a message in another order", () => {
  it.each([
    ["without its first segment", without("BEG"), "segment 4 (REF), character 151: expected BEG, found REF"],
    [
      "without a loop that must be there",
      without("PO1", "SCH", "DTM", "REF*LI"),
      "(CTT), character 231: expected PO1 of loop PO1, found CTT",
    ],
    ["without its last segment", without("CTT"), "segment 16 (SE), character 296: expected CTT, found the end of the message"],
    [
      "with a segment too often",
      after("REF*DP", "REF*XX", "REF*YY"),
      "segment 7 (REF), character 193: expected REF at most 2 times, found one more",
    ],
    ["with a loop too often", after("PO1*2", "PO1*3*1*EA", "PO1*4*1*EA"), "(PO1), character 307: expected PO1 of loop PO1 at most 3 times"],
    [
      "with a segment where it has no place",
      after("CTT", "REF*XX"),
      "segment 17 (REF), character 302: expected another segment here, found REF",
    ],
    [
      "with a segment that it does not have",
      after("REF*DP", "ZZZ*X"),
      "segment 6 (ZZZ), character 186: expected a segment of 850, found ZZZ",
    ],
    ["with another qualifier", after("N1*ST*There", "N1*XX*Nobody"), "expected another segment here, found N1"],
  ])("%s is refused with its place", (_, segments, message) => {
    expect(() => decode(segments)).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ["BEG*01*SA*4711**20260105", 'segment 4 (BEG), element 1, character 151: expected one of 00, 05, found "01"'],
    ["BEG*00**4711**20260105", "element 2, character 151: expected a value, found nothing"],
    ["BEG*00*SA*4711**20261305", 'element 5, character 151: expected a date (dt8), found "20261305"'],
    ["BEG*00*SA*4711**20260105*X", "element 6, character 151: expected at most 5 elements, found more"],
    ["BEG*00*SA*4711:1**20260105", "element 3, character 151: expected one value, found 2 components"],
  ])("with %s is refused with its element", (line, message) => {
    expect(() => decode([line, ...lines.slice(1)])).toThrow(message);
  });
});

test("full refuses a message that no layout describes; less only checks what it knows", () => {
  const other = x12(lines).replaceAll("850", "855");
  expect(() => format.decode(Buffer.from(other))).toThrow(
    "segment 3 (ST), character 142: expected a message that a layout describes, found 855 of version 005010",
  );
  const old = x12(without("BEG")).replace("X*005010", "X*004010");
  const lax = createFormat(ediX12Format, { layout: [layout] });
  for (const text of [other, old]) expect(Buffer.from(lax.encode(lax.decode(Buffer.from(text)))).toString()).toBe(text);
});

it.each([
  [{ ...layout, structure: [] }, "layout, structure of an EDI layout cannot be used: expected a list of segments and loops"],
  [{ ...layout, structure: ["beg"] }, 'layout, structure.0 of an EDI layout cannot be used: expected a segment such as "BEG"'],
  [{ ...layout, structure: [{ loop: "N1", of: [{ loop: "X", of: ["A"] }] }] }, "structure.0.of.0.of.0 of an EDI layout"],
  [{ ...layout, structure: [{ loop: "N1", of: [{ loop: "X", of: ["N1"] }] }] }, "expected a loop that begins with a segment"],
  [{ ...layout, segments: { BEG: ["an..x"] } }, 'segments.BEG.0 of an EDI layout cannot be used: expected a rule such as "an..35"'],
  [{ ...layout, segment: {} }, 'layout: unknown key "segment"'],
  ["./nowhere.yaml", "./nowhere.yaml cannot be read: no such file"],
])("a layout that cannot be used says why: %j", (given, message) => {
  expect(() => createFormats([], { directory: "/tmp" }).format("edi-x12", { layout: given })).toThrow(
    expect.objectContaining({ code: "PORTOLAN_CONFIG_INVALID", message: expect.stringContaining(message) }),
  );
});
