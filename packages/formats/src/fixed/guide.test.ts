import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createFormats } from "../index.ts";

const guide = readFileSync(new URL("../../../../docs/how-to/read-fixed-columns.md", import.meta.url), "utf8");
const block = (language: string): Buffer => Buffer.from(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "m").exec(guide)?.[1] ?? "");

test("the guide's lines are read and written by the guide's layout as the guide says", () => {
  const formats = createFormats();
  const format = formats.format("fixed", { layout: formats.format("yaml")?.decode(block("yaml")) });
  const records = formats.format("json")?.decode(block("json"));
  expect(format?.decode(block("text"))).toEqual(records);
  expect(Buffer.from(format?.encode(records) ?? []).toString()).toBe(block("text").toString().replace("0000}", "0000{"));
  const wrong = block("text").toString().replace("+00012345", "+0001234x");
  expect(() => format?.decode(Buffer.from(wrong))).toThrow('line 2, column 12 (payment.amount): expected a number, found "+0001234x"');
});
