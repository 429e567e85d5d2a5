import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";

const NAME = /^[\p{L}_][\p{L}\p{N}_.\u00B7-]*(?::[\p{L}_][\p{L}\p{N}_.\u00B7-]*)?$/u;
const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
  "\n": "&#10;",
  "\t": "&#9;",
};

/** The document of a map of one name, that of its root. */
export function writeXml(value: unknown, maxDepth: number): string {
  const [root, ...others] = isRecord(value) ? Object.entries(value) : [];
  if (root === undefined || others.length > 0 || Array.isArray(root[1])) {
    throw formatInvalid(`XML is written of a map with one name, that of the root, found ${describeValue(value)}`);
  }
  return `<?xml version="1.0" encoding="UTF-8"?>${element(root[0], root[1], maxDepth)}`;
}

function element(name: string, value: unknown, levels: number): string {
  if (!NAME.test(name)) throw formatInvalid(`${JSON.stringify(name)} is no name of an XML element or attribute`);
  if (levels === 0)
    throw formatInvalid(`XML is too deep at <${name}>`, { hint: "raise maxDepth of the format if such documents are right" });
  if (!isRecord(value)) return wrapped(name, "", escaped(textOf(value, name), /[&<>\r]/g));
  let attributes = "";
  let content = "";
  for (const [key, held] of Object.entries(value)) {
    if (key.startsWith("@")) {
      if (!NAME.test(key.slice(1))) throw formatInvalid(`${JSON.stringify(key)} is no name of an XML attribute`);
      attributes += ` ${key.slice(1)}="${escaped(textOf(held, key), /[&<>"\r\n\t]/g)}"`;
    } else if (key === "#text") content += escaped(textOf(held, name), /[&<>\r]/g);
    else if (key === "#content")
      content += listOf(held)
        .map((child) => contentOf(child, name, levels))
        .join("");
    else
      content += listOf(held)
        .map((one) => element(key, one, levels - 1))
        .join("");
  }
  return wrapped(name, attributes, content);
}

function contentOf(child: unknown, name: string, levels: number): string {
  if (!isRecord(child)) return escaped(textOf(child, name), /[&<>\r]/g);
  return Object.entries(child)
    .map(([key, held]) => element(key, held, levels - 1))
    .join("");
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function wrapped(name: string, attributes: string, content: string): string {
  return content === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

function textOf(value: unknown, name: string): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  if (value instanceof Date) return value.toISOString();
  throw formatInvalid(`a value of XML is a text, a number or a boolean; ${JSON.stringify(name)} is ${describeValue(value)}`);
}

function escaped(text: string, special: RegExp): string {
  // XML 1.0, production 2: other characters cannot be written, not even escaped.
  const unwritable = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.exec(text);
  if (unwritable) throw formatInvalid(`the character ${JSON.stringify(unwritable[0])} does not exist in XML`);
  return text.replace(special, (character) => ESCAPES[character] ?? character);
}
