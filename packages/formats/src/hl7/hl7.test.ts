import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { createFormat, hl7Format } from "../index.ts";

const msh = (id: string) => `MSH|^~\\&|LAB|CLINIC|EHR|CLINIC|20260105143000||ORU^R01^ORU_R01|${id}|P|2.5.1`;
const message = (id: string) =>
  [
    msh(id),
    "PID|1||4711^^^CLINIC^MR~0815^^^STATE&1.2.3&ISO^SS||Doe^John",
    "OBX|1|TX|N^Note||line 1\\.br\\a \\F\\ b \\T\\ c \\E\\ d||||||F",
    "ZXX|own||",
  ].join("\r") + "\r";
const batch = `FHS|^~\\&|LAB\rBHS|^~\\&|LAB\r${message("1")}${message("2")}BTS|2\rBHS|^~\\&|LAB\rBTS|0\rFTS|2\r`;
const framed = `\x0B${message("1")}\x1C\r\x0B${message("2")}\x1C\r`;
const format = createFormat(hl7Format);
const roundTrip = (bytes: Uint8Array) => Buffer.from(format.encode(format.decode(bytes))).toString("latin1");

describe("what was read is written with the same bytes", () => {
  it.each([
    ["a message", message("1")],
    ["several messages", message("1") + message("2")],
    ["line feeds", message("1").replaceAll("\r", "\n")],
    ["CR LF, the last line without an end", message("1").replaceAll("\r", "\r\n").slice(0, -2)],
    ["blank lines", message("1").replace("\rOBX", "\r\r\rOBX")],
    ["a file of batches", batch],
    ["a batch without a file", batch.replace(/FHS.*?\r/, "").replace("FTS|2\r", "")],
    ["a file whose separators are not those of its messages", batch.replace("FHS|^~\\&|LAB", "FHS*^~\\&*LAB")],
    ["frames of MLLP", framed],
    ["a frame whose last segment has no end", framed.replaceAll("\r\x1C", "\x1C")],
    ["other separators", message("1").replaceAll("|", "*").replaceAll("^", "!").replaceAll("&", "@")],
    ["the truncation character of 2.7", message("1").replace("^~\\&|", "^~\\&#|").replace("own", "tr#")],
    ["few separators", "MSH|^|A|B|C|D|20260105||ACK|1|P|2.3\rMSA|AA|a~b&c\r"],
    ["hexadecimal and highlighted text", message("1").replace("line 1", "\\X0D0A\\ \\H\\x\\N\\ \\Zab\\ 50\\% \\bad")],
    ["a byte order mark", `\uFEFF${message("1")}`],
  ])("%s", (_, text) => {
    const bytes = Buffer.from(text);
    expect(roundTrip(bytes)).toBe(bytes.toString("latin1"));
  });

  it("Latin-1", () => {
    const bytes = Buffer.from(message("1").replace("John", "Jürgen"), "latin1");
    expect(roundTrip(bytes)).toBe(bytes.toString("latin1"));
  });
});

test("fields are read as repetitions of components of subcomponents, and escapes as what they stand for", () => {
  expect(format.decode(Buffer.from(message("1")))).toMatchObject({
    newline: "\r",
    messages: [
      {
        segments: [
          {
            tag: "MSH",
            fields: ["|", "^~\\&", "LAB", "CLINIC", "EHR", "CLINIC", "20260105143000", "", ["ORU", "R01", "ORU_R01"], "1", "P", "2.5.1"],
          },
          {
            tag: "PID",
            fields: [
              "1",
              "",
              {
                repeat: [
                  ["4711", "", "", "CLINIC", "MR"],
                  ["0815", "", "", ["STATE", "1.2.3", "ISO"], "SS"],
                ],
              },
              "",
              ["Doe", "John"],
            ],
          },
          { tag: "OBX", fields: ["1", "TX", ["N", "Note"], "", "line 1\\.br\\a | b & c \\ d", "", "", "", "", "", "F"] },
          { tag: "ZXX", fields: ["own", "", ""] },
        ],
      },
    ],
  });
});

test("values that hold separators are escaped where they are changed", () => {
  const changed = JSON.parse(JSON.stringify(format.decode(Buffer.from(message("1")))).replace("a | b", "x ~ ^ y")) as unknown;
  expect(Buffer.from(format.encode(changed)).toString()).toBe(message("1").replace("a \\F\\ b", "x \\R\\ \\S\\ y"));
});

test("batches hold their messages, and frames are written where they are asked for", () => {
  expect(format.decode(Buffer.from(batch))).toMatchObject({
    file: { header: { tag: "FHS" }, trailer: { tag: "FTS", fields: ["2"] } },
    batches: [{ messages: [{}, {}], trailer: { fields: ["2"] } }, { messages: [] }],
  });
  const plain = format.decode(Buffer.from(message("1") + message("2")));
  expect(Buffer.from(createFormat(hl7Format, { mllp: true }).encode(plain)).toString()).toBe(framed);
});

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

it.each([
  ["messages", message("1") + message("2")],
  ["batches", batch],
  ["frames", framed],
])("%s are read one by one, wherever the chunks are cut", async (_, text) => {
  for (const size of [1, 7, 64, 10_000]) {
    expect(await Array.fromAsync(format.decodeStream?.(cut(Buffer.from(text), size)) ?? [])).toMatchObject([
      { message: { segments: [{ fields: { 9: "1" } }, {}, {}, {}] } },
      { message: { segments: [{ fields: { 9: "2" } }, {}, {}, {}] } },
    ]);
  }
});

test("a text without line ends is refused before it fills the memory", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(message("1"));
    for (;;) yield Buffer.from("x".repeat(1000));
  }
  const small = createFormat(hl7Format, { maxRecordBytes: 10_000 });
  await expect(Array.fromAsync(small.decodeStream?.(endless()) ?? [])).rejects.toThrow("expected a segment of at most 10000 characters");
});

it.each([
  ["", "segment 0, character 1: expected MSH, found an empty text"],
  ["PID|1\r", 'line 1, segment 1, character 1: expected MSH, BHS or FHS, found "PID|1"'],
  ["MSH\r", "(MSH), character 1: expected a field separator"],
  ["MSH|^^~\\|A\r", "expected a field separator and one to five other separators"],
  [
    message("1").replace("PID|", "pid|"),
    'line 2, segment 2, character 74: expected a segment, three capital letters or digits and "|", found "pid|1||471"',
  ],
  [message("1").replace("PID|", "PID*"), "line 2, segment 2, character 74: expected a segment"],
  [message(""), "line 1, segment 1 (MSH), field 10, character 1: expected the control id, found nothing"],
  [message("1").replace("|2.5.1", "|"), "field 12, character 1: expected the version, found nothing"],
  [batch.replace("BTS|2", "BTS|3"), 'segment 11 (BTS), field 1, character 423: expected the count of messages, 2, found "3"'],
  [batch.replace("FTS|2", "FTS|1"), 'field 1, character 448: expected the count of batches, 2, found "1"'],
  [batch.replace("BTS|2\r", ""), "(BHS), character 423: expected MSH or BTS, found BHS"],
  [batch.replace("FTS|2\r", ""), "expected FTS, found the end of the text"],
  [`${batch}${message("3")}`, "(MSH), character 454: expected the end of the text, found MSH"],
  [framed.slice(0, -2), "expected the end of the frame, found the end of the text"],
  [`${framed}${message("3")}`, "expected the start of a frame"],
  [framed.replace("\x1C\r", ""), "expected the end of a frame, found the start of another"],
])("%j is refused with its place", (text, reason) => {
  expect(() => format.decode(Buffer.from(text))).toThrow(
    expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(reason) }),
  );
});

test("what could not be read again is not written", () => {
  const document = JSON.stringify(format.decode(Buffer.from(message("1"))));
  expect(() => format.encode(JSON.parse(document.replace('"own"', "7")))).toThrow("a value of segment ZXX is a text");
  expect(() => format.encode(JSON.parse(document.replace('"own"', '"a\\nb"')))).toThrow("holds a line end, which HL7 cannot write");
  for (const value of [null, {}, { messages: [1] }, { messages: [{ segments: [{ tag: "MSH", fields: [] }] }] }]) {
    expect(() => format.encode(value)).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID" }));
  }
});

test("any change of bytes ends in a clear error or the same bytes", () => {
  const change = fc.record({
    at: fc.nat(600),
    drop: fc.nat(5),
    insert: fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom(..."|^~\\&\r\n\x0B\x1C")),
  });
  fc.assert(
    fc.property(fc.constantFrom(message("1"), batch, framed), fc.array(change, { maxLength: 4 }), (text, changes) => {
      const bytes = Buffer.from(changes.reduce((now, { at, drop, insert }) => now.slice(0, at) + insert + now.slice(at + drop), text));
      let document: unknown;
      try {
        document = format.decode(bytes);
      } catch (error) {
        expect(error).toMatchObject({ code: "PORTOLAN_FORMAT_INVALID" });
        return;
      }
      expect(Buffer.from(format.encode(document)).toString("latin1")).toBe(bytes.toString("latin1"));
    }),
    { numRuns: 2000 },
  );
});
