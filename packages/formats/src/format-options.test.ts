import { expect, it } from "vitest";
import { createFormats } from "./index.ts";

it("makes a format with options as people write them, and says what is wrong with them", () => {
  const formats = createFormats();
  const text = new TextDecoder();
  const rows = [{ a: 1, b: 2 }];
  expect(text.decode(formats.format("csv", { delimiter: ";" })?.encode(rows))).toBe(
    text.decode(formats.format("csv")?.encode(rows)).replaceAll(",", ";"),
  );
  expect(() => formats.format("csv", { delimitr: ";" })).toThrow('delimitr unknown key "delimitr"');
  expect(formats.format("nope", {})).toBeUndefined();
});
