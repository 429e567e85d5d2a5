import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** What each peer makes of a document: these packages bring no types, or types that ask for more than is used here. */
export function createPeers(): Readonly<Record<"csvParse" | "fastXmlParser" | "saxes" | "nodeX12" | "edifact", (text: string) => unknown>> {
  const { parse } = require("csv-parse/sync") as { parse(text: string, options: object): unknown };
  const { XMLParser } = require("fast-xml-parser") as { XMLParser: new (options: object) => { parse(text: string): unknown } };
  const { SaxesParser } = require("saxes") as { SaxesParser: new (options: object) => SaxParser };
  const { X12Parser } = require("node-x12") as { X12Parser: new (strict: boolean) => { parse(text: string): unknown } };
  const Parser = require("edifact/parser.js") as new (validator: unknown) => EdifactParser;
  const Validator = require("edifact/validator.js") as new () => unknown;
  const xml = new XMLParser({ ignoreAttributes: false });
  return {
    csvParse: (text) => parse(text, { columns: true }),
    fastXmlParser: (text) => xml.parse(text),
    /** Events alone: what nothing that reads by it can be faster than. */
    saxes(text) {
      const parser = new SaxesParser({ xmlns: true, position: true });
      let events = 0;
      for (const event of ["opentag", "closetag", "text"]) parser.on(event, () => (events += 1));
      parser.write(text).close();
      return events;
    },
    nodeX12: (text) => new X12Parser(false).parse(text),
    edifact: (text) => edifactSegments(new Parser(new Validator()), text),
  };
}

interface SaxParser {
  on(event: string, handler: () => void): void;
  write(text: string): { close(): void };
}

interface EdifactParser {
  on(event: string, handler: (value: string) => void): void;
  encoding(name: string): void;
  write(text: string): void;
  end(): void;
}

function edifactSegments(parser: EdifactParser, text: string): unknown {
  const segments: { name: string; elements: string[][] }[] = [];
  parser.on("opensegment", (name) => void segments.push({ name, elements: [] }));
  parser.on("element", () => void segments.at(-1)?.elements.push([]));
  parser.on("component", (value) => void segments.at(-1)?.elements.at(-1)?.push(value));
  parser.encoding("UNOC");
  parser.write(text);
  parser.end();
  return segments;
}
