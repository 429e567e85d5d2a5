import { describeValue, isRecord } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import type { XmlOptions } from "./options.ts";

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

/** The document of a map of one name, that of its root; with `records`, of a list. */
export function writeXml(value: unknown, options: XmlOptions): string {
  const document = options.records === undefined ? value : wrappedRecords(value, options.records);
  const [root, ...others] = isRecord(document) ? Object.entries(document) : [];
  if (root === undefined || others.length > 0 || Array.isArray(root[1])) {
    throw formatInvalid(`XML is written of a map with one name, that of the root, found ${describeValue(document)}`);
  }
  const newline = options.indent === 0 ? "" : "\n";
  const declaration = options.declaration ? `<?xml version="1.0" encoding="${nameOfCharset(options.charset)}"?>${newline}` : "";
  const [name, content] = root;
  // A document in UTF-16 is told by its byte order mark.
  const mark = options.charset?.startsWith("utf-16") === true ? "\uFEFF" : "";
  return (
    mark +
    declaration +
    element(name, withNamespaces(content, options.namespaces), { levels: options.maxDepth, indent: options.indent, depth: 0 }) +
    newline
  );
}

/** Where an element stands: how many levels it may have, and how deep it stands. */
interface Place {
  readonly levels: number;
  readonly indent: number;
  readonly depth: number;
}

function wrappedRecords(value: unknown, path: string): unknown {
  const names = path.split("/");
  if (names.length < 2 || names.includes("*")) {
    throw formatInvalid(
      `XML records are written into elements of their own, expected a path such as orders/order, found ${JSON.stringify(path)}`,
    );
  }
  return names.reduceRight((content: unknown, name) => ({ [name]: content }), Array.isArray(value) ? value : [value]);
}

function withNamespaces(content: unknown, namespaces: Readonly<Record<string, string>>): unknown {
  const entries = Object.entries(namespaces).map(([prefix, uri]) => [prefix === "" ? "@xmlns" : `@xmlns:${prefix}`, uri] as const);
  if (entries.length === 0) return content;
  return { ...Object.fromEntries(entries), ...(isRecord(content) ? content : { "#text": content }) };
}

function nameOfCharset(charset = "utf-8"): string {
  if (charset === "latin1") return "ISO-8859-1";
  return charset.startsWith("utf-16") ? "UTF-16" : charset.toUpperCase();
}

function element(name: string, value: unknown, place: Place): string {
  if (!NAME.test(name)) throw formatInvalid(`${JSON.stringify(name)} is no name of an XML element or attribute`);
  if (place.depth === place.levels)
    throw formatInvalid(`XML is too deep at <${name}>`, { hint: "raise maxDepth of the format if such documents are right" });
  if (!isRecord(value)) return wrapped(name, "", escaped(textOf(value, name), /[&<>\r]/g));
  const inner = { ...place, depth: place.depth + 1 };
  const hasText = "#text" in value || "#content" in value;
  const before = place.indent === 0 || hasText ? "" : `\n${" ".repeat(place.indent * inner.depth)}`;
  let attributes = "";
  let content = "";
  let hasElements = false;
  for (const [key, held] of Object.entries(value)) {
    if (key.startsWith("@")) {
      if (!NAME.test(key.slice(1))) throw formatInvalid(`${JSON.stringify(key)} is no name of an XML attribute`);
      attributes += ` ${key.slice(1)}="${escaped(textOf(held, key), /[&<>"\r\n\t]/g)}"`;
    } else if (key === "#text") content += escaped(textOf(held, name), /[&<>\r]/g);
    else if (key === "#content") {
      for (const child of listOf(held)) content += contentOf(child, name, { ...inner, indent: 0 });
    } else {
      for (const one of listOf(held)) {
        hasElements = true;
        content += before + element(key, one, hasText ? { ...inner, indent: 0 } : inner);
      }
    }
  }
  const after = hasElements && before !== "" ? `\n${" ".repeat(place.indent * place.depth)}` : "";
  return wrapped(name, attributes, content + after);
}

function contentOf(child: unknown, name: string, place: Place): string {
  if (!isRecord(child)) return escaped(textOf(child, name), /[&<>\r]/g);
  return Object.entries(child)
    .map(([key, held]) => element(key, held, place))
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
