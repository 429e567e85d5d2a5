import { readFileSync } from "node:fs";
import path from "node:path";
import { createFormat, xmlFormat } from "@portolan/formats";
import { describe, expect, it } from "vitest";

const guide = readFileSync(path.resolve(import.meta.dirname, "../docs/how-to/read-formats.md"), "utf8");
/** Blocks of XML, each with what it is as data behind it. */
const pairs = [...guide.matchAll(/```xml\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g)].map(([, xml = "", json = ""]) => ({ xml, json }));

describe("XML as data, in the guide to formats", () => {
  const format = createFormat(xmlFormat);

  it("is shown", () => {
    expect(pairs.length).toBe(2);
  });

  it.each(pairs)("$xml is what the guide says, both ways", ({ xml, json }) => {
    const data: unknown = JSON.parse(json);
    expect(format.decode(Buffer.from(xml))).toEqual(data);
    expect(format.decode(format.encode(data))).toEqual(data);
  });
});
