import { describe, expect, test } from "vitest";
import { createFormat, ndjsonFormat } from "../index.ts";

describe("ndjson", () => {
  const format = createFormat(ndjsonFormat, { maxRecordBytes: 20 });
  const decodeStream = (pieces: AsyncIterable<Uint8Array>) => format.decodeStream?.(pieces) ?? [];

  test("blank lines are skipped, CRLF and a missing last line end are fine", async () => {
    const text = '\uFEFF{"a":1}\r\n\n \n2';
    expect(format.decode(Buffer.from(text))).toEqual([{ a: 1 }, 2]);
    expect(await Array.fromAsync(decodeStream(chunks(text)))).toEqual([{ a: 1 }, 2]);
  });

  test("a fault is named with the line of the document, after the records before it", async () => {
    const text = '1\n\n{"a" 2}\n3\n';
    const message = 'JSON is not valid at line 3, column 6: expected ":", found "2"';
    expect(() => format.decode(Buffer.from(text))).toThrow(message);
    const seen: unknown[] = [];
    const reading = (async () => {
      for await (const record of decodeStream(chunks(text))) seen.push(record);
    })();
    await expect(reading).rejects.toThrow(message);
    expect(seen).toEqual([1]);
  });

  test("a line that never ends is refused before it fills the memory", async () => {
    const endless = (async function* () {
      for (;;) yield Buffer.from("xxxxxxxx");
    })();
    await expect(Array.fromAsync(decodeStream(endless))).rejects.toThrow("line 1 is too long: expected at most 20 bytes");
  });

  test("a value that is no list is one record", () => {
    expect(Buffer.from(format.encode({ a: 1 })).toString()).toBe('{"a":1}\n');
  });
});

/** A text in chunks of four bytes. */
async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 4) yield bytes.subarray(at, at + 4);
}
