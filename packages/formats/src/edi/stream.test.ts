import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { createFormat, edifactFormat, ediX12Format } from "../index.ts";

const isa = "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260101*1200*^*00501*000000001*0*P*:~\r\n";
const set = (number: number, text: string) => `ST*850*${number}~\r\nMSG*${text}~\r\nSE*3*${number}~\r\n`;
const x12 = `${isa}GS*PO*A*B*20260101*1200*7*X*005010~\r\n${set(1, "one")}${set(2, "zwölf")}GE*2*7~\r\nIEA*1*000000001~\r\n`;
const edifact =
  "UNA:+.? '\nUNB+UNOC:3+A+B+260101:1200+9'\nUNH+1+ORDERS:D:96A:UN'\nFTX+?'ä?+'\nUNT+3+1'\nUNH+2+ORDERS:D:96A:UN'\nUNT+2+2'\nUNZ+2+9'\n";
const wrapped = (text: string) => (text.match(/[^]{1,40}/g) ?? []).join("\n");

async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

interface Held {
  readonly interchanges: readonly {
    readonly delimiters: unknown;
    readonly header: unknown;
    readonly groups?: readonly { readonly header: unknown; readonly messages: readonly unknown[] }[];
    readonly messages?: readonly unknown[];
  }[];
}

/** What a stream yields of a document that was read as a whole. */
const recordsOf = ({ interchanges }: Held) =>
  interchanges.flatMap(({ delimiters, header: interchange, groups = [], messages = [] }) => [
    ...groups.flatMap(({ header: group, messages: grouped }) => grouped.map((message) => ({ delimiters, interchange, group, message }))),
    ...messages.map((message) => ({ delimiters, interchange, message })),
  ]);

describe.each([
  { title: "X12", definition: ediX12Format, bytes: Buffer.from(x12) },
  { title: "X12 in Latin-1", definition: ediX12Format, bytes: Buffer.from(x12, "latin1") },
  { title: "X12 in lines of 40 characters", definition: ediX12Format, bytes: Buffer.from(wrapped(x12.replaceAll("\r\n", ""))) },
  { title: "two interchanges with a byte order mark", definition: edifactFormat, bytes: Buffer.from(`\uFEFF${edifact}${edifact}`) },
  { title: "EDIFACT in Latin-1", definition: edifactFormat, bytes: Buffer.from(edifact, "latin1") },
])("$title", ({ definition, bytes }) => {
  it("yields the same messages wherever the chunks are cut", async () => {
    const format = createFormat(definition);
    const whole = recordsOf(format.decode(bytes) as Held);
    expect(whole.length).toBeGreaterThan(1);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), async (sizes) => {
        expect(await Array.fromAsync(format.decodeStream?.(cut(bytes, sizes)) ?? [])).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});

test("a message is there before the document has ended", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(x12.slice(0, x12.indexOf("GE*")));
    for (;;) yield Buffer.from(set(3, "more"));
  }
  let count = 0;
  for await (const record of createFormat(ediX12Format).decodeStream?.(endless()) ?? []) {
    expect(record).toMatchObject({ group: { tag: "GS" }, message: { header: { tag: "ST" } } });
    if (++count === 1000) break;
  }
  expect(count).toBe(1000);
});

test("a text without terminators is refused before it fills the memory", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(x12.slice(0, x12.indexOf("SE*")));
    for (;;) yield Buffer.from("x".repeat(1000));
  }
  const format = createFormat(ediX12Format, { maxRecordBytes: 10_000 });
  await expect(Array.fromAsync(format.decodeStream?.(endless()) ?? [])).rejects.toThrow(
    "line 5, segment 5, character 167: expected a segment of at most 10000 characters, found more",
  );
});

test("what is cut off or counted wrong is refused where it is seen", async () => {
  const read = (text: string) => Array.fromAsync(createFormat(ediX12Format).decodeStream?.(cut(Buffer.from(text), [7])) ?? []);
  await expect(read(x12.slice(0, x12.indexOf("SE*")))).rejects.toThrow("expected SE, found the end of the text");
  await expect(read(x12.replace("GE*2", "GE*3"))).rejects.toThrow(
    '(GE), element 1, character 208: expected the count of messages, 2, found "3"',
  );
  await expect(read("")).rejects.toThrow("expected ISA, found an empty text");
});

test("collected errors stand beside their message; those of an envelope are a record of their own", async () => {
  const bytes = Buffer.from(x12.replace("SE*3*1", "SE*4*1").replace("GE*2", "GE*3"));
  const records = await Array.fromAsync(createFormat(ediX12Format, { errors: "collect" }).decodeStream?.(cut(bytes, [64])) ?? []);
  expect(records).toMatchObject([
    { message: { errors: [{ kind: "count", tag: "SE" }] } },
    { message: { trailer: { elements: ["3", "2"] } } },
    { group: { tag: "GS" }, errors: [{ kind: "count", tag: "GE" }] },
  ]);
});
