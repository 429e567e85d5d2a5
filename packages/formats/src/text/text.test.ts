import { describe, expect, test } from "vitest";
import { createFormat, textFormat } from "../index.ts";

describe("text", () => {
  test("a byte order mark is removed in every charset that has one", () => {
    expect(createFormat(textFormat).decode(Buffer.from("\uFEFFa"))).toBe("a");
    expect(createFormat(textFormat, { charset: "utf-16le" }).decode(Buffer.from("\uFEFFa", "utf16le"))).toBe("a");
  });

  test("numbers and booleans are written as text, null as an empty one, maps are refused", () => {
    const format = createFormat(textFormat);
    expect([1.5, true, null].map((value) => Buffer.from(format.encode(value)).toString())).toEqual(["1.5", "true", ""]);
    expect(() => format.encode({ a: 1 })).toThrow("text can be written of a text, a number or a boolean, found a map with a");
    expect(() => format.encodeRecord?.("a\nb", false)).toThrow("a line cannot hold line ends");
    expect(() => format.encode("a\uD800")).toThrow("at line 1, column 2 does not exist in utf-8");
  });

  test("a character that the end cuts off is refused", async () => {
    const format = createFormat(textFormat);
    const bytes = (async function* () {
      yield Uint8Array.of(0x61, 0x0a);
      yield Uint8Array.of(0xc3);
    })();
    await expect(Array.fromAsync(format.decodeStream?.(bytes) ?? [])).rejects.toThrow("text is not valid utf-8 at line 2, column 1");
  });
});
