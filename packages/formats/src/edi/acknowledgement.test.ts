import { describe, expect, it, test } from "vitest";
import { createFormat, edifactFormat, ediX12Format } from "../index.ts";

const layout850 = {
  message: "850",
  segments: { BEG: ["M id2", "M id2", "M an1..22", "", "M dt8"], PO1: ["an1..20", "M r1..15", "M id2", "r1..17"], CTT: ["M n01..6"] },
  structure: ["BEG", { loop: "PO1 1..", of: ["PO1"] }, "CTT"],
};
const isa = (usage = "0") =>
  `ISA*00*          *00*          *ZZ*BUYER          *01*SELLER         *260101*1200*U*00401*000000042*${usage}*P*>~\n`;
const set = (number: string, ...segments: string[]) =>
  `ST*850*${number}~\n${segments.map((one) => `${one}~\n`).join("")}SE*${segments.length + 2}*${number}~\n`;
const good = set("0001", "BEG*00*SA*1**20260105", "PO1*1*10*EA*9.5", "CTT*1");
const bad = set("0002", "BEG*00*SA**20260105*X", "PO1*1*ten*EA", "REF*DP*38");
const miscounted = good.replace("SE*5*0001", "SE*6*0003").replace("ST*850*0001", "ST*850*0003");
const interchange = (header: string, sets: string, count = sets.split("ST*850").length - 1) =>
  `${header}GS*PO*BUY*SELL*20260101*1200*7*X*004010VICS~\n${sets}GE*${count}*7~\nIEA*1*000000042~\n`;

const stamp = { acknowledgement: { at: "2026-01-06T10:30:00Z", control: 9 } };
const collecting = createFormat(ediX12Format, { errors: "collect", layout: [layout850] });
const acknowledge = (text: string, kind: 997 | 999 = 997) => {
  const document = collecting.decode(Buffer.from(text)) as object;
  return Buffer.from(createFormat(ediX12Format, { acknowledge: kind }).encode({ ...document, ...stamp })).toString();
};

describe("collected errors", () => {
  it("stand beside the message that they are of, and leave the others alone", () => {
    const document = collecting.decode(Buffer.from(interchange(isa(), good + bad)));
    expect(document).toMatchObject({
      interchanges: [
        {
          groups: [
            {
              messages: [
                { header: { elements: ["850", "0001"] } },
                {
                  header: { elements: ["850", "0002"] },
                  errors: [
                    { kind: "missingElement", segment: 9, tag: "BEG", position: 2, element: 3, line: 9 },
                    { kind: "wrongDate", element: 5, value: "X" },
                    { kind: "wrongCharacters", tag: "PO1", position: 3, element: 2, value: "ten" },
                    { kind: "unknownSegment", tag: "REF", position: 4 },
                    { kind: "missingSegment", tag: "SE", position: 5, value: "CTT", reason: "expected CTT, found the end of the message" },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it("do not hide text that is no EDI", () => {
    expect(() => collecting.decode(Buffer.from(interchange(isa(), good).replace("GE*1*7~\n", "")))).toThrow("expected ST or GE, found IEA");
  });
});

describe("997", () => {
  it("accepts what is right, and goes back to the sender", () => {
    expect(acknowledge(interchange(isa(), good))).toBe(
      [
        "ISA*00*          *00*          *01*SELLER         *ZZ*BUYER          *260106*1030*U*00401*000000009*0*P*>~",
        "GS*FA*SELL*BUY*20260106*1030*9*X*004010~",
        "ST*997*0001~",
        "AK1*PO*7~",
        "AK2*850*0001~",
        "AK5*A~",
        "AK9*A*1*1*1~",
        "SE*6*0001~",
        "GE*1*9~",
        "IEA*1*000000009~\n",
      ].join("\n"),
    );
  });

  it("says which segments and elements are wrong", () => {
    const text = acknowledge(interchange(isa(), good + bad + miscounted));
    expect(text.slice(text.indexOf("AK1"), text.indexOf("GE*"))).toBe(
      [
        "AK1*PO*7~",
        "AK2*850*0001~",
        "AK5*A~",
        "AK2*850*0002~",
        "AK3*BEG*2**8~",
        "AK4*3**1~",
        "AK4*5**8*X~",
        "AK3*PO1*3**8~",
        "AK4*2**6*ten~",
        "AK3*REF*4**6~",
        "AK3*CTT*5**3~",
        "AK5*R*5~",
        "AK2*850*0003~",
        "AK5*R*4~",
        "AK9*P*3*3*1~",
        "SE*17*0001~\n",
      ].join("\n"),
    );
  });

  it("rejects a group whose counts are wrong, and an interchange by a TA1", () => {
    expect(acknowledge(interchange(isa(), good, 2))).toContain("AK9*R*1*1*0*5~");
    expect(acknowledge(interchange(isa(), good).replace("IEA*1", "IEA*2"))).toMatch(
      /^ISA.*\*000000009\*0\*P\*>~\nTA1\*000000042\*260101\*1200\*R\*021~\nIEA\*0\*000000009~\n$/,
    );
  });

  it("comes with a TA1 where the sender asks for one", () => {
    expect(acknowledge(interchange(isa("1"), good))).toContain("TA1*000000042*260101*1200*A*000~");
  });

  it("says of an acknowledgement nothing", () => {
    expect(() => acknowledge(acknowledge(interchange(isa(), good)))).toThrow("there is nothing to acknowledge");
  });
});

test("999 has segments of its own", () => {
  const text = acknowledge(interchange(isa(), bad), 999);
  expect(text).toContain("ST*999*0001*005010X231A1~\nAK1*PO*7*004010VICS~\nAK2*850*0002~\nIK3*BEG*2**8~\nIK4*3**1~");
  expect(text).toContain("IK5*R*5~\nAK9*R*1*1*0~");
});

const unb = (version: string) => `UNB+UNOC:${version}+BUYER:14+SELLER:14+260101:1200+42'\n`;
const orders = {
  message: "ORDERS",
  segments: {
    BGM: ["M an..3", "an..35", "an..3"],
    LIN: ["M an..6", "", ["an..35", "an..3"]],
    UNS: ["M a1 S"],
    QTY: [["M an..3", "M n..15", "an..3"]],
  },
  structure: ["BGM", { loop: "LIN 1..", of: ["LIN", "QTY 0..1"] }, "UNS"],
};
const message = (number: string, ...segments: string[]) =>
  `UNH+${number}+ORDERS:D:96A:UN'\n${segments.map((one) => `${one}'\n`).join("")}UNT+${segments.length + 2}+${number}'\n`;
const right = message("1", "BGM+220+4711+9", "LIN+1++400:EN", "QTY+21:5", "UNS+S");
const wrong = message("2", "BGM+220+4711+9", "LIN+1++400:EN", "QTY+21:five", "FTX+AAI", "LIN+2");

describe("CONTRL", () => {
  const acknowledgeMessages = (text: string) => {
    const document = createFormat(edifactFormat, { errors: "collect", layout: [orders] }).decode(Buffer.from(text)) as object;
    return Buffer.from(createFormat(edifactFormat, { acknowledge: true }).encode({ ...document, ...stamp })).toString();
  };

  it("acknowledges what is right, and says which segments and elements are wrong", () => {
    expect(acknowledgeMessages(`${unb("3")}${right}${wrong}UNZ+2+42'\n`)).toBe(
      [
        "UNB+UNOC:3+SELLER:14+BUYER:14+260106:1030+9'",
        "UNH+1+CONTRL:D:3:UN'",
        "UCI+42+BUYER:14+SELLER:14+7'",
        "UCM+1+ORDERS:D:96A:UN+7'",
        "UCM+2+ORDERS:D:96A:UN+4'",
        "UCS+4'",
        "UCD+37+1:2'",
        "UCS+5+15'",
        "UCS+7+13'",
        "UNT+9+1'",
        "UNZ+1+9'\n",
      ].join("\n"),
    );
  });

  it("rejects an interchange whose counts are wrong", () => {
    expect(acknowledgeMessages(`${unb("4")}${right}UNZ+2+42'\n`)).toContain(
      "UNB+UNOC:4+SELLER:14+BUYER:14+20260106:1030+9'\nUNH+1+CONTRL:4:1:UN'\nUCI+42+BUYER:14+SELLER:14+4+29+UNZ'\nUNT+3+1'",
    );
  });

  it("speaks of groups", () => {
    const group = "UNG+ORDERS+BUYER+SELLER+260101:1200+5+UN+D:96A'\n";
    expect(acknowledgeMessages(`${unb("3")}${group}${right}UNE+1+5'\nUNZ+1+42'\n`)).toContain("UCF+5+BUYER+SELLER+7'\nUCM+1+");
  });

  it("is read", () => {
    const text = acknowledgeMessages(`${unb("3")}${right}${wrong}UNZ+2+42'\n`);
    expect(createFormat(edifactFormat, { acknowledge: true }).decode(Buffer.from(text))).toEqual([
      {
        kind: "CONTRL",
        control: "42",
        result: "partiallyAccepted",
        codes: [],
        messages: [
          { type: "ORDERS", control: "1", result: "accepted", errors: [] },
          {
            type: "ORDERS",
            control: "2",
            result: "rejected",
            errors: [
              { position: 4, element: 1, component: 2, code: "37" },
              { position: 5, code: "15" },
              { position: 7, code: "13" },
            ],
          },
        ],
      },
    ]);
  });
});

test("what a 997 says is read", () => {
  const text = acknowledge(interchange(isa(), good + bad + miscounted));
  expect(createFormat(ediX12Format, { acknowledge: 997 }).decode(Buffer.from(text))).toEqual([
    {
      kind: "997",
      control: "7",
      result: "partiallyAccepted",
      codes: [],
      messages: [
        { type: "850", control: "0001", result: "accepted", errors: [] },
        {
          type: "850",
          control: "0002",
          result: "rejected",
          errors: [
            { tag: "BEG", position: 2, element: 3, code: "1" },
            { tag: "BEG", position: 2, element: 5, code: "8", value: "X" },
            { tag: "PO1", position: 3, element: 2, code: "6", value: "ten" },
            { tag: "REF", position: 4, code: "6" },
            { tag: "CTT", position: 5, code: "3" },
          ],
        },
        { type: "850", control: "0003", result: "rejected", errors: [{ code: "set-4" }] },
      ],
    },
  ]);
});

test("what a TA1 says is read", () => {
  const read = (text: string) => createFormat(ediX12Format, { acknowledge: 997 }).decode(Buffer.from(text));
  expect(read(acknowledge(interchange(isa("1"), good)))).toMatchObject([
    { kind: "TA1", control: "000000042", result: "accepted", codes: [], messages: [] },
    { kind: "997", result: "accepted" },
  ]);
  expect(read(acknowledge(interchange(isa(), good).replace("IEA*1", "IEA*2")))).toMatchObject([
    { kind: "TA1", result: "rejected", codes: ["021"] },
  ]);
});

test("what a 999 says is read", () => {
  expect(createFormat(ediX12Format, { acknowledge: 999 }).decode(Buffer.from(acknowledge(interchange(isa(), bad), 999)))).toMatchObject([
    {
      kind: "999",
      control: "7",
      result: "rejected",
      messages: [{ control: "0002", errors: [{ tag: "BEG" }, {}, {}, {}, { tag: "CTT" }] }],
    },
  ]);
});

test("what is no document is not acknowledged", () => {
  const format = createFormat(ediX12Format, { acknowledge: 997 });
  for (const body of [null, {}, { interchanges: [{}] }, { interchanges: [{ header: { tag: "ISA", elements: [] }, groups: [{}] }] }]) {
    expect(() => format.encode(body)).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID" }));
  }
  const document = collecting.decode(Buffer.from(interchange(isa(), good))) as object;
  expect(() => format.encode({ ...document, acknowledgement: { at: "yesterday" } })).toThrow("acknowledgement is { at: a time");
});
