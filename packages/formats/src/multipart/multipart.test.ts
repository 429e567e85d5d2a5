import { describe, expect, test } from "vitest";
import { createFormat, createFormats, multipartFormat } from "../index.ts";

describe("multipart", () => {
  const decode = (text: string | Uint8Array, options = {}) => createFormat(multipartFormat, options).decode(Buffer.from(text));
  const encode = (value: unknown, options = {}) =>
    Buffer.from(createFormat(multipartFormat, { boundary: "B", ...options }).encode(value)).toString();
  const part = (head: string, content: string) => `--B\r\n${head}\r\n\r\n${content}\r\n`;
  const png = { filename: 'a "1".png', type: "image/png", content: Uint8Array.of(1, 13, 10, 0) };

  test("texts, files as bytes, names that occur again, and what stands around", () => {
    const text = `preamble\r\n${part('Content-Disposition: form-data; name="a"', "ä\r\n--Bx")}${part(
      'content-disposition: form-data; name="f"; filename="x\\"y.txt"\r\nContent-Type: text/plain',
      "t",
    )}${part("Content-Disposition: form-data; filename=\"z\"; filename*=UTF-8''%e2%82%ac; name=f\r\nContent-Type: image/png", "")}--B--\r\nepilogue`;
    const fields = {
      a: "ä\r\n--Bx",
      f: [
        { filename: 'x"y.txt', type: "text/plain", content: new Uint8Array(Buffer.from("t")) },
        { filename: "€", type: "image/png", content: new Uint8Array() },
      ],
    };
    expect(decode(text)).toEqual(fields);
    expect(decode(text, { boundary: "B" })).toEqual(fields);
    expect(decode("--B--\r\n")).toEqual({});
  });

  test("charsets of texts are respected", () => {
    const text = part('Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=iso-8859-1', "ä");
    expect(decode(Buffer.from(`${text}--B--`, "latin1"))).toEqual({ a: "ä" });
  });

  test("is written as browsers write it, and sent with its boundary", () => {
    expect(encode({ a: 1, f: png })).toBe(
      `${part('content-disposition: form-data; name="a"', "1")}${part(
        'content-disposition: form-data; name="f"; filename="a %221%22.png"\r\ncontent-type: image/png',
        "\u0001\r\n\u0000",
      )}--B--\r\n`,
    );
    const [type = ""] = multipartFormat.mediaTypes;
    const format = createFormats().formatFor(type);
    expect(format?.decode(format.encode({ a: [png, "x"] }))).toEqual({ a: [png, "x"] });
    expect(Buffer.from(format?.encode({}) ?? []).toString()).toBe(`--${type.split("boundary=")[1]}--\r\n`);
  });

  test("parts of any kind keep their headers", () => {
    const parts = [
      { headers: { "content-type": "application/json", "content-id": "<1>" }, content: new Uint8Array(Buffer.from("{}")) },
      { headers: {}, content: new Uint8Array() },
    ];
    expect(decode(encode(parts, { parts: true }), { parts: true })).toEqual(parts);
  });

  test.each([
    ["", "at byte 0: expected a line that begins with -- and the boundary, found none"],
    ["--B\r\n\r\nx", "at byte 8: expected the boundary behind the last part, found the end of the body"],
    ["--B\r\nx\r\n\r\n\r\n--B--", 'expected a header, found "x"'],
    ["--B\r\na: b\r\n--B--", "expected a blank line behind the headers"],
    ["--B\r\na: b\r\n\r\n\r\n--B--", "expected part 1 to have a name"],
    [`${part('content-disposition: form-data; name="a"', "").repeat(4)}--B--`, "expected at most 3 parts, found more"],
    [`--B\r\na: ${"b".repeat(20_000)}\r\n\r\n\r\n--B--`, "expected headers of at most 16384 bytes"],
  ])("%j is refused", (text, message) => {
    expect(() => decode(text, { maxParts: 3 })).toThrow(
      expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID", message: expect.stringContaining(message) }),
    );
  });

  test.each([[{ a: "--B" }], [{ "a\\": "" }], [{ a: { content: {} } }], [1], [{ a: "\uD800" }]])("%j is not written", (value) => {
    expect(() => encode(value)).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID" }));
  });

  test("a header cannot be smuggled in", () => {
    expect(() => encode([{ headers: { a: "b\r\nc: d" }, content: "" }], { parts: true })).toThrow(
      "a header of a part cannot hold line ends",
    );
  });
});
