import { describe, expect, it, test } from "vitest";
import { createFormat, edifactFormat, ediX12Format } from "../index.ts";

const isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*P*:~";
const x12 = (body: string, lines = "\n") => {
  const count = body.split("~\n").length + 1;
  const text = `${isa}\nGS*PO*SENDER*RECEIVER*20260101*1200*7*X*005010~\nST*850*0001~\n${body}SE*${count}*0001~\nGE*1*7~\nIEA*1*000000001~\n`;
  return text.replaceAll("\n", lines);
};
const order = "REF*DP*38~\nDTM*002*20260105~\n";
const edifact = (header: string, body: string) => `${header}UNH+1+ORDERS:D:96A:UN'${body}UNT+3+1'UNZ+1+9'`;
const unb = "UNB+UNOA:3+A+B+260101:1200+9'";
const wrapped = (text: string, columns: number, newline: string) => (text.match(new RegExp(`[^]{1,${columns}}`, "g")) ?? []).join(newline);

interface Sent {
  readonly title: string;
  readonly bytes: string | Uint8Array;
}

const sent: readonly Sent[] = [
  { title: "X12 with CR LF after segments", bytes: x12(order, "\r\n") },
  { title: "X12 on one line", bytes: x12(order, "") },
  { title: "X12 whose terminator is a line end", bytes: x12(order).replaceAll("~\n", "\n") },
  { title: "X12 whose last line has no end", bytes: x12(order).replaceAll("~\n", "\r\n").slice(0, -2) },
  { title: "X12 in lines of 80 characters", bytes: wrapped(x12(order, ""), 80, "\r\n") },
  { title: "X12 in lines of 80 characters, each with an end", bytes: `${wrapped(x12(order, ""), 80, "\n")}\n` },
  { title: "X12 with blank lines, indentation and padding", bytes: `\n  ${x12(order).replaceAll("\n", "\n\n  ")}\0\0` },
  { title: "X12 with the end of file of DOS", bytes: `${x12(order)}\u001A` },
  { title: "X12 with a byte order mark", bytes: `\uFEFF${x12(order)}` },
  {
    title: "X12 with control characters as delimiters",
    bytes: x12(order).replaceAll("*", "\x1D").replaceAll("~", "\x1C").replaceAll(":", "\x1F"),
  },
  { title: "X12 with a terminator beyond ASCII", bytes: x12(order).replaceAll("~", "…") },
  { title: "X12 before 00402, whose ISA11 is no separator", bytes: x12("REF*DP*a^b~\n").replace("*^*00501", "*^*00401") },
  { title: "X12 after 00402 without repetitions", bytes: x12(order).replace("*^*00501", "*U*00501") },
  { title: "two X12 interchanges with delimiters of their own", bytes: x12(order) + x12(order).replaceAll("*", "|") },
  { title: "X12 with empty elements at ends", bytes: x12("REF*DP*38**~\nN1*ST*NAME*~\n") },
  { title: "an X12 interchange of a TA1 only", bytes: `${isa}TA1*000000001*260101*1200*A*000~IEA*0*000000001~` },
  { title: "X12 with binary data that holds delimiters", bytes: x12("BIN*6*a~*\nß~\n") },
  { title: "X12 with binary data that is no text", bytes: Buffer.from(x12("BIN*3*ä~ö~\n"), "latin1") },
  { title: "X12 with a filtered binary segment", bytes: x12("BDS*ASB*4*~~~~~\n") },
  { title: "EDIFACT with a UNA on a line of its own", bytes: `UNA:+.? '\r\n${edifact(unb, "BGM+220'")}` },
  { title: "EDIFACT with a UNA on the line of the UNB", bytes: `UNA:+.? '${edifact(unb, "BGM+220'").replaceAll("'", "'\n")}` },
  {
    title: "EDIFACT with other delimiters",
    bytes: `UNA=*,! ~${edifact(unb, "FTX+a!~b'").replace(/[+:'?]/g, (one) => ({ "+": "*", ":": "=", "'": "~" })[one] ?? one)}`,
  },
  { title: "EDIFACT with a UNA whose reserved place is taken", bytes: `UNA:+.?*'${edifact(unb, "FTX+a*b'")}` },
  { title: "EDIFACT without release characters", bytes: `UNA:+.  '${edifact(unb, "FTX+a?b'")}` },
  {
    title: "EDIFACT of level B with control characters",
    bytes: edifact(unb, "BGM+220'").replaceAll("+", "\x1D").replaceAll(":", "\x1F").replaceAll("'", "\x1C"),
  },
  { title: "EDIFACT in Cyrillic of one byte", bytes: Buffer.from(edifact(unb.replace("UNOA", "UNOE"), "FTX+\xB0\xB1'"), "latin1") },
  { title: "EDIFACT in lines of 20 characters", bytes: wrapped(edifact(unb, "FTX+AAI+++some text'"), 20, "\n") },
  { title: "EDIFACT with a line end within data", bytes: edifact(unb, "FTX+AAI+++two\nlines'") },
  { title: "EDIFACT with groups, one of them empty", bytes: `${unb}UNG+ORDERS+A+B+260101:1200+1+UN+D:96A'UNE+0+1'UNZ+1+9'` },
];

const formatOf = (bytes: Uint8Array) =>
  createFormat(bytes.includes(0x49) && Buffer.from(bytes).includes("ISA") ? ediX12Format : edifactFormat);

describe("dialects", () => {
  it.each(sent)("reads $title, and writes the same bytes", ({ bytes: given }) => {
    const bytes = Buffer.from(given);
    const format = formatOf(bytes);
    expect(Buffer.from(format.encode(format.decode(bytes))).toString("latin1")).toBe(bytes.toString("latin1"));
  });
});

test("lines that end anywhere say nothing about the data", () => {
  const text = edifact(unb, "FTX+AAI+++some text'");
  expect(createFormat(edifactFormat).decode(Buffer.from(wrapped(text, 20, "\n")))).toEqual({
    ...(createFormat(edifactFormat).decode(Buffer.from(text)) as object),
    wrapped: { columns: 20, newline: "\n" },
  });
});

test("the fifth character of a UNA separates repetitions from syntax 4 on", () => {
  const segments = (version: number) =>
    createFormat(edifactFormat).decode(Buffer.from(`UNA:+.?*'${edifact(unb.replace("UNOA:3", `UNOW:${version}`), "FTX+a*b'")}`));
  const elements = (found: unknown) => ({ interchanges: [{ messages: [{ segments: [{ elements: [found] }] }] }] });
  expect(segments(3)).toMatchObject(elements("a*b"));
  expect(segments(4)).toMatchObject(elements({ repeat: ["a", "b"] }));
});

test("the declared charset says what bytes mean", () => {
  const text = edifact(unb.replace("UNOA", "UNOE"), "FTX+\xB0\xB1'");
  expect(createFormat(edifactFormat).decode(Buffer.from(text, "latin1"))).toMatchObject({
    charset: "iso-8859-5",
    interchanges: [{ messages: [{ segments: [{ elements: ["АБ"] }] }] }],
  });
});

it.each([
  [
    "a date in GS",
    x12(order).replace("20260101*1200*7", "20261301*1200*7"),
    "line 2, segment 2 (GS), element 4, character 108: expected a date (dt6..8)",
  ],
  ["a test indicator in ISA", x12(order).replace("*P*:", "*X*:"), "segment 1 (ISA), element 15, character 1: expected one of P, T, I"],
  [
    "a group without a sender",
    x12(order).replace("GS*PO*SENDER", "GS*PO*"),
    "(GS), element 2, character 108: expected a value, found nothing",
  ],
  ["a 997 without its segments", x12("").replace("850", "997"), "(SE), character 169: expected AK1, found the end of the message"],
  [
    "binary data shorter than declared",
    x12("BIN*9*abc~\n"),
    'segment 4 (BIN), character 169: expected the segment terminator "~" after 9 bytes of data',
  ],
  ["binary data without its length", x12("BIN*x*abc~\n"), "expected the number of bytes that follow"],
  ["a message outside of a group", x12(order).replace(/GS.*\n/, ""), "segment 2 (ST), character 108: expected GS or IEA, found ST"],
  ["a group within a message", x12(order).replace(/(GS.*\n)(ST.*\n)/, "$2$1"), "expected GS or IEA, found ST"],
  ["text after the end", `${x12(order)}hello`, 'line 9, segment 9, character 234: expected ISA, found "hello"'],
  [
    "a price that is no number",
    x12("PO1*1*10*EA*9,5~\n"),
    'segment 4 (PO1), element 4, character 169: expected a number (r1..17), found "9,5"',
  ],
  [
    "a text that ends within a tag",
    x12(order).slice(0, 169),
    'segment 4, character 169: expected the segment terminator "~", found the end of the text',
  ],
  ["a wrapped document", wrapped(x12(order.replace("DTM", "dtm"), ""), 80, "\n"), "line 3, segment 5, character 176: expected the tag"],
  [
    "a message after a group",
    `${unb}UNG+O+A+B+260101:1200+1'UNE+0+1'UNH+1+ORDERS:D:96A:UN'UNT+2+1'UNZ+1+9'`,
    "expected UNG or UNZ, found UNH",
  ],
  [
    "a message without its type",
    edifact(unb, "BGM+220'").replace(":D:96A:UN", ""),
    "(UNH), element 2, component 2, character 30: expected a value, found nothing",
  ],
])("%s is refused with its place", (_, text, message) => {
  expect(() => formatOf(Buffer.from(text)).decode(Buffer.from(text))).toThrow(
    expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
  );
});
