import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createFormats } from "../index.ts";

const guide = readFileSync(new URL("../../../../docs/how-to/work-with-edi.md", import.meta.url), "utf8");
const block = (language: string): Buffer => Buffer.from(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "m").exec(guide)?.[1] ?? "");

test("the guide's document is read by the guide's layout as the guide says", () => {
  const formats = createFormats();
  const layout = formats.format("yaml")?.decode(block("yaml"));
  const format = formats.format("edi-x12", { layout, check: "full" });
  expect(format?.decode(block("edi"))).toMatchObject({
    interchanges: [{ groups: [{ messages: [{ segments: formats.format("json")?.decode(block("json")) }] }] }],
  });
  const wrong = block("edi").toString().replace("*10*EA", "*ten*EA");
  expect(() => format?.decode(Buffer.from(wrong))).toThrow(block("text").toString().trim());
});
