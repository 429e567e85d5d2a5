import { PortolanError } from "@portolan/core";
import { createFormat, multipartFormat } from "@portolan/formats";
import { parseXml } from "../xml/parse-xml.ts";
import { writeTree } from "../xml/write-tree.ts";
import { attributeOf, childElements, textOf, type XmlElement } from "../xml/xml-element.ts";
import { XOP } from "./package-names.ts";

interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Uint8Array;
}

/**
 * The envelope of an MTOM message (a XOP package, W3C 2005), with the contents of its parts in place as base64: what it stands for, by which it is checked and read as
 * any other. Throws PORTOLAN_FORMAT_INVALID if it is none. Each part stands in one place, so that a message is never much larger than what came.
 */
export function readPackage(contentType: string, bytes: Uint8Array): Uint8Array {
  const parts = partsOf(contentType, bytes);
  const [root, others] = rootOf(parts, parameterOf(contentType, "start"));
  const type = root.headers["content-type"] ?? "";
  if (!/^\s*application\/xop\+xml\s*(?:;|$)/i.test(type)) {
    throw fault(`expected the first part, the envelope, to be application/xop+xml, found ${type === "" ? "no media type" : type}`);
  }
  using parsed = parseXml(decoded(root), parameterOf(type, "charset"));
  const contents = new Map(others.map((part) => [idOf(part), part]));
  const used = new Set<string>();
  return Buffer.from(writeTree(withContents(parsed.tree)));

  function withContents(element: XmlElement): XmlElement {
    const include = childElements(element).find((child) => child.namespace === XOP && child.name === "Include");
    if (include === undefined)
      return { ...element, nodes: element.nodes.map((node) => (typeof node === "string" ? node : withContents(node))) };
    if (childElements(element).length > 1 || textOf(element).trim() !== "")
      throw fault(`<${element.name}> holds a xop:Include, and something else`);
    return { ...element, nodes: [contentOf(attributeOf(include, "href") ?? "")] };
  }

  function contentOf(href: string): string {
    const [, escaped] = /^cid:(.+)$/i.exec(href) ?? [];
    const id = escaped === undefined ? undefined : decodedId(escaped);
    const part = id === undefined ? undefined : contents.get(id);
    if (id === undefined || part === undefined)
      throw fault(`xop:Include refers to ${JSON.stringify(href)}, and no part of the message has that Content-ID`);
    if (used.has(id)) throw fault(`several xop:Include refer to ${JSON.stringify(href)}: each part stands in one place`);
    used.add(id);
    return Buffer.from(decoded(part)).toString("base64");
  }
}

/** Whether a media type is that of a package. */
export function isPackage(contentType: string): boolean {
  return /^\s*multipart\/related\s*(?:;|$)/i.test(contentType) && parameterOf(contentType, "type")?.toLowerCase() === "application/xop+xml";
}

export function parameterOf(contentType: string, name: string): string | undefined {
  const found = new RegExp(String.raw`;\s*${name}\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))`, "i").exec(contentType);
  return found?.[1]?.replaceAll(/\\(.)/g, "$1") ?? found?.[2];
}

function partsOf(contentType: string, bytes: Uint8Array): readonly Part[] {
  const boundary = parameterOf(contentType, "boundary");
  if (boundary === undefined) throw fault("expected its media type to name the boundary");
  // The host limits how large a body is.
  return createFormat(multipartFormat, { parts: true, boundary, maxBytes: Math.max(1, bytes.length) }).decode(bytes) as readonly Part[];
}

function rootOf(parts: readonly Part[], start: string | undefined): readonly [Part, readonly Part[]] {
  const root = start === undefined ? parts[0] : parts.find((part) => idOf(part) === withoutBrackets(start));
  if (root === undefined)
    throw fault(start === undefined ? "expected a part, found none" : `no part has the Content-ID ${start} of the envelope`);
  return [root, parts.filter((part) => part !== root)];
}

function idOf({ headers }: Part): string {
  return withoutBrackets(headers["content-id"] ?? "");
}

function withoutBrackets(id: string): string {
  return id.trim().replace(/^<(.*)>$/, "$1");
}

function decodedId(escaped: string): string | undefined {
  try {
    return decodeURIComponent(escaped);
  } catch {
    // No part has such an id.
    return undefined;
  }
}

function decoded({ headers, content }: Part): Uint8Array {
  const encoding = (headers["content-transfer-encoding"] ?? "binary").trim().toLowerCase();
  if (encoding === "base64") return Buffer.from(Buffer.from(content).toString("latin1"), "base64");
  if (encoding === "binary" || encoding === "8bit" || encoding === "7bit") return content;
  throw fault(`parts are binary or base64, found the Content-Transfer-Encoding ${encoding}`);
}

function fault(reason: string): PortolanError {
  return new PortolanError("PORTOLAN_FORMAT_INVALID", `the MTOM message is not valid: ${reason}`);
}
