import { createRequire } from "node:module";
import { PortolanError } from "@portolan/core";
import type { SaxesAttributeNS, SaxesTagNS } from "saxes";
import { formatInvalid } from "../format-invalid.ts";
import { createTokenLimit } from "./token-limit.ts";
import { dataOf, put, type XmlFrame } from "./xml-frame.ts";
import { createNaming, type Naming } from "./xml-naming.ts";

export interface XmlReaderOptions {
  /** Names from the root, such as `orders/order`: these elements are the records. Without it the document is one value. */
  readonly records?: string | undefined;
  readonly lists: readonly string[];
  /** Prefixes by which names are given, and the namespaces that they stand for. */
  readonly namespaces: Readonly<Record<string, string>>;
  readonly maxDepth: number;
  readonly maxAttributes: number;
  readonly maxTokenBytes: number;
  /** How long a record may be, and what stands between two of them; in characters. */
  readonly maxRecordLength: number;
}

/** Reads a document in pieces. What was found so far is taken out of `records`; without the option it is the document itself. */
export interface XmlReader {
  readonly records: unknown[];
  write(text: string): void;
  end(): void;
}

const load = createRequire(import.meta.url);
const ANY = "*";

/** A DOCTYPE is refused: it is what entity bombs and external entities are made of. */
export function createXmlReader(options: XmlReaderOptions): XmlReader {
  // Loaded by the first XML that is read; what `require` yields has no types of its own.
  const { SaxesParser } = load("saxes") as typeof import("saxes");
  const parser = new SaxesParser<{ xmlns: true; position: true }>({ xmlns: true, position: true });
  const path = options.records?.split("/");
  const lists = new Set(options.lists);
  const records: unknown[] = [];
  const open: XmlFrame[] = [];
  let top: XmlFrame | undefined;
  let hasRoot = false;
  let attributeCount = 0;
  let recordStart = 0;
  let total = 0;

  const fault = (reason: string, hint?: string) =>
    formatInvalid(`XML is not valid at line ${parser.line}, column ${parser.column + 1}: ${reason}`, hint === undefined ? {} : { hint });
  const naming = createNaming(options.namespaces, fault);
  const tokens = createTokenLimit(options.maxTokenBytes, fault);

  const addText = (value: string): void => {
    if (top?.isKept !== true) return;
    top.names.push(undefined);
    top.values.push(value);
  };

  // V8 makes a slow map of a parser with more than six handlers: that took four times as long.
  parser.on("doctype", () => {
    throw fault("expected no DOCTYPE, found one", "send documents without a DOCTYPE; entities of one's own are not read");
  });
  parser.on("text", (value) => {
    // It ends with the "<" of what comes next, which was read already.
    tokens.ended(parser.position - 1);
    addText(value);
  });
  parser.on("cdata", (value) => {
    tokens.ended(parser.position);
    addText(value);
  });
  // Counted as they come: a tag of very many costs much at its end.
  parser.on("attribute", () => {
    attributeCount += 1;
    if (attributeCount <= options.maxAttributes) return;
    throw fault(`expected at most ${options.maxAttributes} attributes, found more`, "raise maxAttributes of the format");
  });
  parser.on("opentag", (tag) => {
    tokens.ended(parser.position);
    attributeCount = 0;
    hasRoot = true;
    const name = naming.element(tag);
    const isRecord = path !== undefined && open.length === path.length - 1 && isAt(path, open, name);
    if (isRecord) recordStart = parser.position;
    const isKept = path === undefined || isRecord || top?.isKept === true;
    top = { name, attributes: isKept ? attributesOf(tag, naming) : undefined, values: [], names: [], hasElements: false, isKept };
    open.push(top);
    if (open.length <= options.maxDepth) return;
    throw fault(`expected at most ${options.maxDepth} levels, found more`, "raise maxDepth of the format if such documents are right");
  });
  parser.on("closetag", () => {
    tokens.ended(parser.position);
    const frame = open.pop();
    top = open.at(-1);
    if (frame?.isKept !== true) return;
    const data = dataOf(frame, lists);
    if (top?.isKept === true) {
      top.hasElements = true;
      top.names.push(frame.name);
      top.values.push(data);
    } else {
      records.push(path === undefined ? put({}, frame.name, data) : data);
      recordStart = parser.position;
    }
  });

  /** Ends the document with null. The parser itself throws plain errors. */
  function feed(text: string | null): void {
    try {
      parser.write(text);
    } catch (thrown) {
      if (thrown instanceof PortolanError || !(thrown instanceof Error)) throw thrown;
      throw fault(thrown.message.replace(/^(?:undefined:)?\d+:\d+: /, "").replace(/\.$/, ""));
    }
  }

  return {
    records,
    write(text) {
      feed(text);
      tokens.check(text);
      total += text.length;
      if (total - recordStart <= options.maxRecordLength) return;
      throw fault(
        `expected a record of at most ${options.maxRecordLength} characters, found a longer one`,
        "raise maxRecordBytes of the format",
      );
    },
    end() {
      feed(null);
      if (!hasRoot) throw fault("expected an element, found none");
    },
  };
}

function isAt(path: readonly string[], open: readonly XmlFrame[], name: string): boolean {
  return path.every((step, index) => step === ANY || step === (open[index]?.name ?? name));
}

function attributesOf({ attributes }: SaxesTagNS, naming: Naming): Record<string, string> | undefined {
  let map: Record<string, string> | undefined;
  for (const key in attributes) {
    // The keys of this very object.
    const attribute = attributes[key] as SaxesAttributeNS;
    const name = naming.attribute(attribute);
    if (name !== undefined) map = put(map ?? {}, `@${name}`, attribute.value);
  }
  return map;
}
