import { PortolanError } from "@portolan/core";
import { escapeAttribute, unwritable } from "../xml/write-tree.ts";
import { XSI, type QName } from "../xml/xml-element.ts";
import type { PrefixOf } from "./simple-values.ts";

/** What a document that is being written knows: the prefixes that it needs, and where in the data it is. */
export interface XmlWriter {
  /** Where in the data it is, such as `lines.0.qty`: names are put on and taken off as it goes. */
  readonly path: (string | number)[];
  readonly prefixOf: PrefixOf;
  tag(name: QName): string;
  /** The text, if XML can hold it. */
  text(text: string): string;
  fault(message: string): PortolanError;
  /** The declarations of the prefixes that were asked for, for the root. */
  declarations(): string;
}

const NAME = /^[\p{L}_][\p{L}\p{N}_.\u00B7-]*$/u;

/** `prefixes` are those to be used for namespaces; others get one of their own. */
export function createXmlWriter(prefixes: ReadonlyMap<string, string>): XmlWriter {
  const used = new Map<string, string>();
  const path: (string | number)[] = [];

  const prefixOf: PrefixOf = (namespace) => {
    const known = used.get(namespace);
    if (known !== undefined) return known;
    const prefix = prefixes.get(namespace) ?? (namespace === XSI ? "xsi" : `x${used.size}`);
    used.set(namespace, prefix);
    return prefix;
  };
  const fault = (message: string) => {
    const where = path.join(".");
    return new PortolanError("PORTOLAN_CONTRACT_FAILED", `${where === "" ? "the body" : where}: ${message}`, {
      findings: [{ path: where, message }],
    });
  };
  const tag = ({ namespace, name }: QName) => {
    if (!NAME.test(name)) throw fault(`${JSON.stringify(name)} is no name of an XML element or attribute`);
    if (namespace === "http://www.w3.org/XML/1998/namespace") return `xml:${name}`;
    return namespace === "" ? name : `${prefixOf(namespace)}:${name}`;
  };
  return {
    path,
    prefixOf,
    tag,
    text(text) {
      const character = unwritable(text);
      if (character !== undefined) throw fault(`the character ${JSON.stringify(character)} does not exist in XML`);
      return text;
    },
    fault,
    declarations: () => Array.from(used, ([namespace, prefix]) => ` xmlns:${prefix}="${escapeAttribute(namespace)}"`).join(""),
  };
}
