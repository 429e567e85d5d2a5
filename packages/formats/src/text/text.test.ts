import { describe, expect, test } from "vitest";
import { createFormat, createFormats, textFormat } from "../index.ts";

describe("text", () => {
  test("a byte order mark is removed in every charset that has one", () => {
    expect(createFormat(textFormat).decode(Buffer.from("\uFEFFa"))).toBe("a");
    expect(createFormat(textFormat, { charset: "utf-16le" }).decode(Buffer.from("\uFEFFa", "utf16le"))).toBe("a");
  });

  test.each([
    ["windows-1252", "€ ä", [0x80, 0x20, 0xe4]],
    ["ISO_8859-15", "€", [0xa4]],
    ["shift_jis", "日本", [0x93, 0xfa, 0x96, 0x7b]],
    ["cp850", "ä", [0x84]],
    ["utf-16be", "a€", [0x00, 0x61, 0x20, 0xac]],
  ])("%s is read and written", async (charset, text, bytes) => {
    const format = createFormats().format("text", { charset });
    expect(format?.decode(Uint8Array.from(bytes))).toBe(text);
    expect([...(format?.encode(text) ?? [])]).toEqual(bytes);
    const lines = (async function* () {
      for (const byte of format?.encode(`${text}\r\n${text}\n`) ?? []) yield Uint8Array.of(byte);
    })();
    expect(await Array.fromAsync(format?.decodeStream?.(lines) ?? [])).toEqual([text, text]);
  });

  test("what a charset does not have is refused with its place, as is a charset that is none", () => {
    const format = createFormats().format("text", { charset: "windows-1252" });
    expect(() => format?.decode(Uint8Array.of(0x61, 0x0a, 0x81))).toThrow("text is not valid windows-1252 at line 2, column 1");
    expect(() => format?.encode("a\n日")).toThrow('the character "日" at line 2, column 1 does not exist in windows-1252');
    expect(() => createFormats().format("text", { charset: "base64" })).toThrow("expected a charset such as utf-8");
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
