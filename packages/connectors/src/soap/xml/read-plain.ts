import type { Scope, XmlAttribute, XmlElement } from "./xml-element.ts";
import { ROOT_SCOPE, XML, decoded, newLines } from "./read-tree.ts";

interface OpenElement extends XmlElement {
  readonly nodes: (XmlElement | string)[];
}

/** The name of an element as it was written, and what it meant there. */
interface KnownTag {
  readonly tag: string;
  readonly name: string;
  readonly prefix: string;
  readonly namespace: string;
  readonly scope: Scope;
  /** The one that came next: what repeats does so in the same order. */
  following: KnownTag | undefined;
}

const NO_ATTRIBUTES: readonly XmlAttribute[] = [];
const MAX_LENGTH = 1_000_000;
const MAX_DEPTH = 100;
const MAX_ATTRIBUTES = 30;
const DECLARATION = /^<\?xml version=(["'])1\.0\1(?: encoding=(["'])[uU][tT][fF]-8\2)? ?\?>/;
/** Addresses and names that libxml2 does not have to look at. */
const NAMESPACE = /^(?:urn:[\w.:-]+|https?:\/\/[A-Za-z\d.-]+(?::\d{2,4})?(?:\/[\w.~-]*)*(?:#\w*)?)$/;
/** Controls, halves of characters, and what stands for bytes that are no UTF-8. */
const UNUSUAL = /[^\t\n\u0020-\uD7FF\uE000-\uFFFC]/;
const REFERENCE = /&(?:lt|gt|amp|quot|apos|#(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])|#x[2-7][0-9a-dA-D]);/g;

const NAME_START = 1;
const NAME_PART = 2;
const BLANK = 4;
const KINDS = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(character)) KINDS[code] = NAME_START | NAME_PART;
  else if (/[\d.-]/.test(character)) KINDS[code] = NAME_PART;
  else if (/[ \t\n]/.test(character)) KINDS[code] = BLANK;
}

function isKind(text: string, at: number, kind: number): boolean {
  return ((KINDS[text.charCodeAt(at)] ?? 0) & kind) !== 0;
}

/**
 * The tree of a document that is plain: elements, attributes and texts, names of ASCII, references to characters of ASCII. Undefined for all others, be they
 * well-formed or not: those are for libxml2 to say. What it takes is well-formed, so that libxml2 need not read nearly any message.
 */
export function readPlainTree(text: string): XmlElement | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const normal = newLines(text);
  return UNUSUAL.test(normal) ? undefined : createPlainReader(normal).root();
}

function createPlainReader(text: string) {
  let at = 0;
  let scope: Scope = ROOT_SCOPE;
  let attributes: readonly XmlAttribute[] = NO_ATTRIBUTES;
  const open: OpenElement[] = [];
  /** Their names as they are written. */
  const tags: string[] = [];
  const knownTags = new Map<string, KnownTag>();
  let last: KnownTag | undefined;

  function root(): XmlElement | undefined {
    if (text.startsWith("<?")) at = DECLARATION.exec(text)?.[0].length ?? -1;
    if (at === -1) return undefined;
    skipBlanks();
    if (text.charCodeAt(at) !== 60) return undefined;
    const first = startTag();
    if (first === undefined) return undefined;
    while (open.length > 0) if (!next()) return undefined;
    skipBlanks();
    return at === text.length ? first : undefined;
  }

  /** Reads a text, and the tag behind it. */
  function next(): boolean {
    const parent = open[open.length - 1];
    const tag = text.indexOf("<", at);
    if (parent === undefined || tag === -1) return false;
    if (tag > at) {
      const value = plainText(text.slice(at, tag));
      if (value === undefined) return false;
      parent.nodes.push(value);
    }
    at = tag;
    if (text.charCodeAt(at + 1) === 47) return endTag();
    const element = startTag();
    if (element === undefined) return false;
    parent.nodes.push(element);
    return true;
  }

  function endTag(): boolean {
    const tag = tags[tags.length - 1] ?? "";
    if (!text.startsWith(tag, at + 2)) return false;
    at += 2 + tag.length;
    skipBlanks();
    if (text.charCodeAt(at) !== 62) return false;
    at += 1;
    open.pop();
    tags.pop();
    return true;
  }

  function startTag(): XmlElement | undefined {
    if (open.length >= MAX_DEPTH) return undefined;
    scope = open[open.length - 1]?.scope ?? ROOT_SCOPE;
    attributes = NO_ATTRIBUTES;
    const known = followingTag() ?? readTag();
    if (known === undefined) return undefined;
    if (last !== undefined) last.following = known;
    last = known;
    const { tag, name, prefix, namespace } = known;
    if (text.charCodeAt(at - 2) === 47) return { name, prefix, namespace, attributes, nodes: [], scope };
    const only = textAlone(tag);
    // An array that grows takes room for many more.
    if (only !== undefined) return { name, prefix, namespace, attributes, nodes: [only], scope };
    const element = { name, prefix, namespace, attributes, nodes: [], scope };
    open.push(element);
    tags.push(tag);
    return element;
  }

  /** The tag that came next before, if it does so again. Measured on lists of small elements: a tenth of all that a message takes. */
  function followingTag(): KnownTag | undefined {
    const guess = last?.following;
    if (guess?.scope !== scope || !text.startsWith(guess.tag, at + 1)) return undefined;
    const end = at + 1 + guess.tag.length;
    if (text.charCodeAt(end) !== 62) return undefined;
    at = end + 1;
    return guess;
  }

  function readTag(): KnownTag | undefined {
    const start = at + 1;
    const colon = qualifiedName(start);
    if (colon === -1) return undefined;
    const end = at;
    if (text.charCodeAt(at) !== 62 && !restOfTag()) return undefined;
    at += 1;
    const tag = text.slice(start, end);
    const known = knownTags.get(tag);
    if (known?.scope === scope) return known;
    const prefix = colon === 0 ? "" : text.slice(start, colon);
    const namespace = scope.get(prefix) ?? (colon === 0 ? "" : undefined);
    if (namespace === undefined || prefix === "xml") return undefined;
    const made = { tag, name: colon === 0 ? tag : text.slice(colon + 1, end), prefix, namespace, scope, following: undefined };
    knownTags.set(tag, made);
    return made;
  }

  /** Reads up to the end of a tag. */
  function restOfTag(): boolean {
    if (isKind(text, at, BLANK) && !readAttributes()) return false;
    if (text.charCodeAt(at) === 47) at += 1;
    return text.charCodeAt(at) === 62;
  }

  /** Reads the text and the end of an element that holds nothing else, as most do. */
  function textAlone(tag: string): string | undefined {
    const end = text.indexOf("<", at);
    const close = end + 2 + tag.length;
    if (end <= at || text.charCodeAt(end + 1) !== 47 || text.charCodeAt(close) !== 62 || !text.startsWith(tag, end + 2)) return undefined;
    const value = plainText(text.slice(at, end));
    if (value !== undefined) at = close + 1;
    return value;
  }

  /** Reads a name: where its colon stands, 0 if it has none, -1 if it is no plain name. */
  function qualifiedName(start: number): number {
    at = nameEnd(start);
    if (at === start) return -1;
    if (text.charCodeAt(at) !== 58) return 0;
    const colon = at;
    at = nameEnd(colon + 1);
    return at === colon + 1 ? -1 : colon;
  }

  /** Where a name ends; where it begins, if none begins there. */
  function nameEnd(start: number): number {
    if (!isKind(text, start, NAME_START)) return start;
    let end = start + 1;
    while (((KINDS[text.charCodeAt(end)] ?? 0) & NAME_PART) !== 0) end += 1;
    return end;
  }

  function readAttributes(): boolean {
    const written: (readonly [prefix: string, name: string, value: string])[] = [];
    let declared: Map<string, string> | undefined;
    while (isKind(text, at, BLANK)) {
      skipBlanks();
      const start = at;
      if (!isKind(text, at, NAME_START)) break;
      const colon = qualifiedName(start);
      const prefix = colon > 0 ? text.slice(start, colon) : "";
      const name = text.slice(colon > 0 ? colon + 1 : start, at);
      const value = colon === -1 ? undefined : attributeValue();
      if (value === undefined) return false;
      if (prefix === "xmlns" || (prefix === "" && name === "xmlns")) {
        declared ??= new Map();
        const own = prefix === "" ? "" : name;
        if (declared.has(own) || own.startsWith("xml") || !isPlainNamespace(own, value)) return false;
        declared.set(own, value);
      } else written.push([prefix, name, value]);
      if (written.length + (declared?.size ?? 0) > MAX_ATTRIBUTES) return false;
    }
    if (declared !== undefined) scope = new Map([...scope, ...declared]);
    return written.length === 0 || resolveAttributes(written);
  }

  function resolveAttributes(written: readonly (readonly [string, string, string])[]): boolean {
    const resolved: XmlAttribute[] = [];
    for (const [prefix, name, value] of written) {
      const namespace = prefix === "" ? "" : scope.get(prefix);
      // Attributes of XML itself have rules of their own.
      if (namespace === undefined || prefix === "xml") return false;
      if (resolved.some((one) => one.name === name && one.namespace === namespace)) return false;
      resolved.push({ name, prefix, namespace, value });
    }
    attributes = resolved;
    return true;
  }

  function attributeValue(): string | undefined {
    skipBlanks();
    if (text.charCodeAt(at) !== 61) return undefined;
    at += 1;
    skipBlanks();
    const quote = text.charAt(at);
    if (quote !== '"' && quote !== "'") return undefined;
    const end = text.indexOf(quote, at + 1);
    const raw = end === -1 ? "<" : text.slice(at + 1, end);
    at = end + 1;
    return /[<\t\n]/.test(raw) ? undefined : plainText(raw);
  }

  function skipBlanks(): void {
    while (isKind(text, at, BLANK)) at += 1;
  }

  return { root };
}

/** A text without references, or with plain ones; undefined if it has others. */
function plainText(raw: string): string | undefined {
  if (raw.includes("]]>")) return undefined;
  if (!raw.includes("&")) return raw;
  return raw.replaceAll(REFERENCE, "").includes("&") ? undefined : decoded(raw);
}

function isPlainNamespace(prefix: string, value: string): boolean {
  if (value === "") return prefix === "";
  // Those that XML keeps for itself.
  return NAMESPACE.test(value) && value !== XML && !value.startsWith("http://www.w3.org/2000/xmlns");
}
