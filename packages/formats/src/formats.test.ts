import { type FormatDefinition } from "@portolan/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesFormat,
  createFormat,
  createFormats,
  csvFormat,
  formFormat,
  formats,
  jsonFormat,
  multipartFormat,
  ndjsonFormat,
  textFormat,
  yamlFormat,
} from "./index.ts";

/** Values that a format writes and reads back unchanged, and records where it is a sequence. */
interface Sample {
  readonly title: string;
  readonly definition: FormatDefinition;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly values: fc.Arbitrary<unknown>;
  /** The records of a value of a format that is a sequence. */
  readonly records?: (value: never) => readonly unknown[];
}

const json = fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const fieldText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.constantFrom('"', "a,b", "a;b", "x\r\ny", " x ", "", "=1+1", "ä€😀", "\r", "__proto__"),
);
const names = ["id", "__proto__", "a b", 'q"uote'];
const row = fc.tuple(...names.map(() => fieldText)).map((fields) => Object.fromEntries(names.map((name, index) => [name, fields[index]])));
const rows = fc.array(row, { minLength: 1, maxLength: 5 });
const line = fc.string({ unit: "grapheme" }).filter((text) => !/[\r\n]/.test(text) && text.isWellFormed() && !text.startsWith("\uFEFF"));
const latin = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
const asRecords = (value: readonly unknown[]) => value;
const asLines = (value: string) => value.split("\n").slice(0, -1);
const lines = fc.array(line, { maxLength: 5 }).map((list) => list.map((text) => `${text}\n`).join(""));

const text = fc.string({ unit: "grapheme" }).filter((one) => one.isWellFormed());
const formFields = fc.dictionary(text, fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 })), { maxKeys: 4 });
const bytes = fc.uint8Array().map((some) => Uint8Array.from(some));
/** What a name of a part can say: quotes and line ends have no other spelling, and it reads these back. */
const partName = text.filter((one) => !/%22|%0D|%0A|\\$|\\"/i.test(one));
const file = fc.record({ filename: partName, type: fc.constantFrom("image/png", "application/octet-stream"), content: bytes });
const parts = fc.dictionary(partName, fc.oneof(text, file, fc.array(file, { minLength: 2, maxLength: 3 })), { maxKeys: 3 });
const zipped = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z]{1,3}(\/[a-zäé ]{1,3})?$/),
    modified: fc.constantFrom("1980-01-01T00:00:00", "2026-11-24T13:45:58"),
    content: bytes,
  }),
  { selector: ({ name }) => name, maxLength: 4 },
);
const definitionOf = (name: string): FormatDefinition => formats.find((one) => one.name === name) ?? bytesFormat;

const samples: readonly Sample[] = [
  { title: "json", definition: jsonFormat, values: json },
  { title: "indented json", definition: jsonFormat, options: { indent: 2 }, values: json },
  { title: "ndjson", definition: ndjsonFormat, values: fc.array(json, { maxLength: 4 }), records: asRecords },
  { title: "csv with maps", definition: csvFormat, options: { columns: names }, values: rows, records: asRecords },
  {
    title: "csv with ; and LF and a byte order mark",
    definition: csvFormat,
    options: { delimiter: ";", newline: "lf", bom: true, columns: names },
    values: rows,
    records: asRecords,
  },
  { title: "csv in utf-16le", definition: csvFormat, options: { charset: "utf-16le", columns: names }, values: rows, records: asRecords },
  {
    title: "csv with lists",
    definition: csvFormat,
    options: { header: false },
    values: fc.array(fc.tuple(fieldText, fieldText), { minLength: 1, maxLength: 4 }),
    records: asRecords,
  },
  {
    title: "csv with one column",
    definition: csvFormat,
    options: { header: false },
    values: fc.array(fc.tuple(fieldText), { minLength: 1, maxLength: 4 }),
    records: asRecords,
  },
  { title: "text", definition: textFormat, values: lines, records: asLines },
  { title: "text in utf-16le", definition: textFormat, options: { charset: "utf-16le" }, values: lines, records: asLines },
  { title: "text in latin1", definition: textFormat, options: { charset: "latin1" }, values: latin },
  { title: "bytes", definition: bytesFormat, values: bytes },
  { title: "yaml", definition: yamlFormat, values: json },
  {
    title: "yaml documents",
    definition: yamlFormat,
    options: { documents: true, indent: 4 },
    values: fc.array(json, { minLength: 1, maxLength: 3 }),
  },
  { title: "form", definition: formFormat, values: formFields },
  { title: "multipart", definition: multipartFormat, values: parts },
  { title: "gzip", definition: definitionOf("gzip"), values: bytes },
  {
    title: "csv in gzip",
    definition: definitionOf("gzip"),
    options: { format: { name: "csv", options: { columns: names } } },
    values: rows,
  },
  { title: "zip", definition: definitionOf("zip"), values: zipped },
];

describe.each(samples)("$title", ({ definition, options, values, records }) => {
  const format = createFormat(definition, options);

  test("what is written reads back the same", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(format.decode(format.encode(value))).toEqual(value);
      }),
    );
  });

  if (records === undefined) return;

  test("records are read the same wherever the chunks are cut", async () => {
    await fc.assert(
      fc.asyncProperty(values, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), async (value, sizes) => {
        expect(await Array.fromAsync(format.decodeStream?.(cut(format.encode(value), sizes)) ?? [])).toEqual(records(value as never));
      }),
    );
  });

  test("records are written one by one as they are written together", () => {
    fc.assert(
      fc.property(values, (value) => {
        const pieces = records(value as never).map((record, index) => format.encodeRecord?.(record, index === 0) ?? new Uint8Array());
        expect(Buffer.concat(pieces).equals(format.encode(value))).toBe(true);
      }),
    );
  });
});

describe("createFormats", () => {
  const services = createFormats();

  test.each([
    ["application/json", "json"],
    ["Application/JSON; charset=utf-8", "json"],
    ["application/problem+json", "json"],
    ["application/soap+xml; charset=utf-8", "xml"],
    ["application/openapi+yaml", "yaml"],
    ["application/x-ndjson", "ndjson"],
    ["text/csv", "csv"],
    ["text/plain", "text"],
    ["application/octet-stream", "bytes"],
  ])("%s is %s", (mediaType, name) => {
    expect(services.formatFor(mediaType)?.name).toBe(name);
  });

  test("the charset of a media type is respected, an unknown one has no format", () => {
    const bytes = Buffer.from([0xe4]);
    expect(services.formatFor('text/plain; charset="ISO-8859-1"')?.decode(bytes)).toBe("ä");
    expect(() => services.formatFor("text/plain")?.decode(bytes)).toThrow("not valid utf-8");
    expect(services.formatFor("text/plain; charset=ebcdic")).toBeUndefined();
    expect(services.formatFor("application/json; charset=latin1")).toBeUndefined();
    expect(services.formatFor("image/png")).toBeUndefined();
  });

  test("formats are found by name and by the name of a file; an app's own come first", () => {
    const plain = formats.filter(({ options }) => Object.values(options).every(({ presence }) => presence !== "required"));
    expect(plain.map(({ name }) => services.format(name)?.name)).toEqual(plain.map(({ name }) => name));
    expect(() => services.format("fixed")).toThrow('option "layout" is missing');
    expect(services.formatFor("application/x-fixed-width")).toBeUndefined();
    expect(services.format("nope")).toBeUndefined();
    expect(services.formatOfFile("dir.csv/Orders.JSONL")?.name).toBe("ndjson");
    expect(services.formatOfFile("README")).toBeUndefined();
    const own: FormatDefinition = { ...bytesFormat, name: "own", extensions: ["csv"] };
    expect(createFormats([own]).formatOfFile("a.csv")?.name).toBe("bytes");
  });
});

/** The bytes in chunks of these sizes, over and over. */
async function* cut(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
