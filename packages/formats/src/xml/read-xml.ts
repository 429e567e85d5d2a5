import { createRequire } from "node:module";
import { formatInvalid } from "../format-invalid.ts";
import type { XmlElement } from "./xml-tree.ts";

export interface XmlLimits {
  readonly maxDepth: number;
  readonly maxAttributes: number;
  readonly maxTokenBytes: number;
}

const load = createRequire(import.meta.url);
const PIECE = 16 * 1024;

/** The root of a document. A DOCTYPE is refused: it is what entity bombs and external entities are made of. */
export function readXml(text: string, limits: XmlLimits): XmlElement {
  // Loaded by the first XML that is read; what `require` yields has no types of its own.
  const { SaxesParser } = load("saxes") as typeof import("saxes");
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let lastToken = 0;
  let attributeCount = 0;

  const fault = (reason: string, hint?: string) =>
    formatInvalid(`XML is not valid at line ${parser.line}, column ${parser.column + 1}: ${reason}`, hint === undefined ? {} : { hint });
  const addText = (value: string): void => {
    lastToken = parser.position;
    open.at(-1)?.children.push(value);
  };

  parser.on("error", (error) => {
    throw fault(error.message.replace(/^(?:undefined:)?\d+:\d+: /, "").replace(/\.$/, ""));
  });
  parser.on("doctype", () => {
    throw fault("expected no DOCTYPE, found one", "send documents without a DOCTYPE; entities of one's own are not read");
  });
  parser.on("text", addText);
  parser.on("cdata", addText);
  // Counted as they come: a tag of very many costs much at its end.
  parser.on("attribute", () => {
    attributeCount += 1;
    if (attributeCount <= limits.maxAttributes) return;
    throw fault(`expected at most ${limits.maxAttributes} attributes, found more`, "raise maxAttributes of the format");
  });
  parser.on("opentag", (tag) => {
    lastToken = parser.position;
    const attributes = Object.entries(tag.attributes).map(([name, { value }]) => [name, value] as const);
    attributeCount = 0;
    const element: XmlElement = { name: tag.name, attributes, children: [] };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
    if (open.length > limits.maxDepth) {
      throw fault(`expected at most ${limits.maxDepth} levels, found more`, "raise maxDepth of the format if such documents are right");
    }
  });
  parser.on("closetag", () => {
    lastToken = parser.position;
    open.pop();
  });

  for (let at = 0; at < text.length; at += PIECE) {
    parser.write(text.slice(at, at + PIECE));
    if (parser.position - lastToken > limits.maxTokenBytes) {
      throw fault(
        `expected a text, tag or attribute of at most ${limits.maxTokenBytes} characters, found a longer one`,
        "raise maxTokenBytes of the format",
      );
    }
  }
  parser.close();
  if (root === undefined) throw fault("expected an element, found none");
  return root;
}
