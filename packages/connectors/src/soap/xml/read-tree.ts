import type { Scope, XmlAttribute, XmlElement } from "./xml-element.ts";

interface OpenElement extends XmlElement {
  readonly nodes: (XmlElement | string)[];
}

export const XML = "http://www.w3.org/XML/1998/namespace";
/** What is declared in every document. */
export const ROOT_SCOPE: Scope = new Map([["xml", XML]]);
const NONE: readonly XmlAttribute[] = [];
const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const ATTRIBUTE = /\s*([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

/**
 * The tree of a document that is known to be well-formed and to have no DTD, since libxml2 has read it. Measured on a message of 400
 * bytes: a third of the time of walking libxml2's own tree, of which every name and text has to be copied out of its memory.
 */
export function readTree(text: string, outer: Scope = ROOT_SCOPE): XmlElement {
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let at = text.indexOf("<");
  while (at !== -1) {
    const next = text.charCodeAt(at + 1);
    const parent = open.at(-1);
    if (next === 47 /* / */) {
      open.pop();
      at = text.indexOf(">", at) + 1;
    } else if (next === 33 /* ! */) {
      const isComment = text.startsWith("<!--", at);
      const end = text.indexOf(isComment ? "-->" : "]]>", at + 4);
      if (!isComment) parent?.nodes.push(newLines(text.slice(at + 9, end)));
      at = end + 3;
    } else if (next === 63 /* ? */) {
      at = text.indexOf("?>", at) + 2;
    } else {
      const nameEnd = endOfName(text, at + 1);
      const hasMore = text.charCodeAt(nameEnd) !== 62;
      const end = hasMore ? endOfTag(text, nameEnd) : nameEnd;
      const isEmpty = hasMore && text.charCodeAt(end - 1) === 47;
      const scope = parent?.scope ?? outer;
      const element = hasMore
        ? startTag(text.slice(at + 1, isEmpty ? end - 1 : end), scope)
        : elementNamed(text.slice(at + 1, nameEnd), NONE, scope);
      if (parent === undefined) root = element;
      else parent.nodes.push(element);
      if (!isEmpty) open.push(element);
      at = end + 1;
    }
    const following = text.indexOf("<", at);
    if (following > at) open.at(-1)?.nodes.push(decoded(newLines(text.slice(at, following))));
    at = following;
  }
  if (root === undefined) throw new TypeError("a document without an element is not well-formed");
  return root;
}

/** Where the name of a tag ends: at a blank, a slash, or the end of the tag. */
function endOfName(text: string, start: number): number {
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at);
    if (code === 62 || code === 47 || code <= 32) return at;
  }
}

/** Where the tag ends: a `>` may stand in the value of an attribute. */
function endOfTag(text: string, start: number): number {
  let end = text.indexOf(">", start);
  let quote = firstQuote(text, start, end);
  while (quote !== -1) {
    const closing = text.indexOf(text.charAt(quote), quote + 1);
    if (closing > end) end = text.indexOf(">", closing);
    quote = firstQuote(text, closing + 1, end);
  }
  return end;
}

function firstQuote(text: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 34 || code === 39) return at;
  }
  return -1;
}

function startTag(tag: string, outer: Scope): OpenElement {
  const blank = tag.search(/\s/);
  const name = blank === -1 ? tag : tag.slice(0, blank);
  const written =
    blank === -1
      ? []
      : Array.from(tag.slice(blank).matchAll(ATTRIBUTE), ([, key = "", double, single]) => [key, double ?? single ?? ""] as const);
  const declared = written.filter(([key]) => key === "xmlns" || key.startsWith("xmlns:"));
  const scope =
    declared.length === 0 ? outer : new Map([...outer, ...declared.map(([key, value]) => [key.slice(6), decoded(value)] as const)]);
  const attributes = written.length === declared.length ? NONE : written.flatMap(([key, value]) => attribute(key, value, scope));
  return elementNamed(name, attributes, scope);
}

function elementNamed(written: string, attributes: readonly XmlAttribute[], scope: Scope): OpenElement {
  const colon = written.indexOf(":");
  const prefix = colon === -1 ? "" : written.slice(0, colon);
  return { name: written.slice(colon + 1), prefix, namespace: scope.get(prefix) ?? "", attributes, nodes: [], scope };
}

function attribute(key: string, value: string, scope: Scope): readonly XmlAttribute[] {
  if (key === "xmlns" || key.startsWith("xmlns:")) return [];
  const colon = key.indexOf(":");
  const prefix = colon === -1 ? "" : key.slice(0, colon);
  const namespace = prefix === "" ? "" : (scope.get(prefix) ?? "");
  // XML 1.0, section 3.3.3: blanks that are written as such become spaces.
  return [{ name: key.slice(colon + 1), prefix, namespace, value: decoded(newLines(value).replaceAll(/[\t\n]/g, " ")) }];
}

/** XML 1.0, section 2.11. */
export function newLines(text: string): string {
  return text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
}

/** A text with characters in place of the references to them. */
export function decoded(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&(#x?)?(\w+);/g, (_, number: string | undefined, name: string) => {
    if (number === undefined) return ENTITIES[name] ?? "";
    return String.fromCodePoint(Number.parseInt(name, number === "#" ? 10 : 16));
  });
}
