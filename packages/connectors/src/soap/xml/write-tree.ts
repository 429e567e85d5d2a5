import type { XmlElement } from "./xml-element.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
  "\n": "&#10;",
  "\t": "&#9;",
};

/** A character that no document can hold, not even escaped (XML 1.0, production 2). */
const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

export function escapeText(text: string): string {
  return /[&<>\r]/.test(text) ? text.replaceAll(/[&<>\r]/g, (character) => ESCAPES[character] ?? "") : text;
}

export function escapeAttribute(text: string): string {
  return /[&<>"\r\n\t]/.test(text) ? text.replaceAll(/[&<>"\r\n\t]/g, (character) => ESCAPES[character] ?? "") : text;
}

export function unwritable(text: string): string | undefined {
  return UNWRITABLE.exec(text)?.[0];
}

/** An element as a text that can stand alone: its prefixes are declared in it. */
export function writeTree(element: XmlElement, outer: XmlElement["scope"] = new Map([["xml", ""]])): string {
  const { name, prefix, attributes, nodes, scope } = element;
  const declarations = Array.from(scope)
    .filter(([one, namespace]) => one !== "xml" && outer.get(one) !== namespace)
    .map(([one, namespace]) => ` ${one === "" ? "xmlns" : `xmlns:${one}`}="${escapeAttribute(namespace)}"`);
  const written = attributes.map((one) => ` ${qualified(one.prefix, one.name)}="${escapeAttribute(one.value)}"`);
  const content = nodes.map((node) => (typeof node === "string" ? escapeText(node) : writeTree(node, scope)));
  const tag = qualified(prefix, name);
  return `<${tag}${declarations.join("")}${written.join("")}>${content.join("")}</${tag}>`;
}

function qualified(prefix: string, name: string): string {
  return prefix === "" ? name : `${prefix}:${name}`;
}
