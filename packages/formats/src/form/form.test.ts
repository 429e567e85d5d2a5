import { describe, expect, test } from "vitest";
import { createFormat, formFormat } from "../index.ts";

describe("form", () => {
  const decode = (text: string, options = {}) => createFormat(formFormat, options).decode(Buffer.from(text));
  const encode = (value: unknown) => Buffer.from(createFormat(formFormat).encode(value)).toString();

  test("fields, blanks, names that occur again, and what browsers escape", () => {
    expect(decode("a=1+2%2B3&b=%E2%82%AC&a=x&c&&d=e=f")).toEqual({ a: ["1 2+3", "x"], b: "€", c: "", d: "e=f" });
    expect(decode("a=1", { lists: ["a"] })).toEqual({ a: ["1"] });
    expect(encode({ a: ["1 2+3", true, null], "ä~": 2 })).toBe("a=1+2%2B3&a=true&a=&%C3%A4%7E=2");
  });

  test.each([
    ["a=1&b=%zz", 'the form is not valid at field 2: expected % with the hexadecimal digits of UTF-8, found "%zz"'],
    ["a=%ff", "the form is not valid at field 1"],
    ["a&".repeat(6), "the form has too many fields: expected at most 5"],
  ])("%s is refused", (text, message) => {
    expect(() => decode(text, { maxFields: 5 })).toThrow(message);
  });

  test.each([[[1]], [{ a: { b: 1 } }], [{ a: "\uD800" }], ["a=1"]])("%j is not written", (value) => {
    expect(() => encode(value)).toThrow(expect.objectContaining({ code: "PORTOLAN_FORMAT_INVALID" }));
  });
});
