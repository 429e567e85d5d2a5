import { describeValue, isRecord } from "@portolan/core";
import { escapeAttribute, escapeText } from "../xml/write-tree.ts";
import { XSI, childElements, clark, resolveName, textOf, type QName, type XmlElement } from "../xml/xml-element.ts";
import { prefixedName } from "./simple-values.ts";
import type { XmlWriter } from "./xml-writer.ts";

/**
 * The data of an element of which no schema says anything: its text, or a map of `@attribute`, `#text` and elements by name, as the format `xml` has
 * them; `#content` where texts stand between elements, or elements of one name not together. `@xmlns` is the namespace where it is not `outer`.
 */
export function readAnything(element: XmlElement, outer = element.namespace): unknown {
  const children = childElements(element);
  const entries: [string, unknown][] = element.namespace === outer ? [] : [["@xmlns", element.namespace]];
  for (const one of element.attributes)
    entries.push(one.namespace === XSI ? [`@xsi:${one.name}`, instanceValue(one.value, element)] : [`@${clark(one)}`, one.value]);
  const text = textOf(element);
  if (children.length === 0) {
    if (entries.length === 0) return text;
    return Object.fromEntries(text === "" ? entries : [...entries, ["#text", text]]);
  }
  const dataOf = (child: XmlElement) => readAnything(child, element.namespace);
  if (text.trim() !== "" || !standTogether(children)) {
    const ordered = element.nodes.filter((node) => typeof node !== "string" || text.trim() !== "");
    entries.push(["#content", ordered.map((node) => (typeof node === "string" ? node : Object.fromEntries([[node.name, dataOf(node)]])))]);
    return Object.fromEntries(entries);
  }
  for (const [name, same] of Map.groupBy(children, (child) => child.name))
    entries.push([name, same.length === 1 ? same.map(dataOf)[0] : same.map(dataOf)]);
  return Object.fromEntries(entries);
}

/** `xsi:type` is a name, which means what the prefixes around it say; `xsi:nil` is what it is. */
function instanceValue(value: string, { scope }: XmlElement): string {
  const name = resolveName(value, scope);
  return name === undefined || name.namespace === "" ? value : clark(name);
}

function standTogether(children: readonly XmlElement[]): boolean {
  const changes = children.filter(({ name }, index) => name !== children[index - 1]?.name).length;
  return changes === new Set(children.map(({ name }) => name)).size;
}

/** Writes data of which no schema says anything. */
export function writeAnything(name: QName, value: unknown, writer: XmlWriter): string {
  if (!isRecord(value)) return wrapped(writer.tag(name), "", escapeText(plainText(value, writer)));
  const namespace = typeof value["@xmlns"] === "string" ? value["@xmlns"] : name.namespace;
  let attributes = "";
  let content = "";
  for (const [key, held] of Object.entries(value)) {
    if (key === "@xmlns" || held === undefined) continue;
    if (key.startsWith("@xsi:"))
      attributes += ` ${writer.tag({ namespace: XSI, name: key.slice(5) })}="${escapeAttribute(prefixedName(plainText(held, writer), writer.prefixOf))}"`;
    else if (key.startsWith("@")) attributes += ` ${writer.tag(nameOfKey(key.slice(1)))}="${escapeAttribute(plainText(held, writer))}"`;
    else if (key === "#text") content += escapeText(plainText(held, writer));
    else if (key === "#content")
      content += listOf(held)
        .map((one) => writePiece(one, namespace, writer))
        .join("");
    else
      content += listOf(held)
        .map((one) => writeAnything(nameOfKey(key, namespace), one, writer))
        .join("");
  }
  return wrapped(writer.tag({ namespace, name: name.name }), attributes, content);
}

function writePiece(piece: unknown, namespace: string, writer: XmlWriter): string {
  if (!isRecord(piece)) return escapeText(plainText(piece, writer));
  return Object.entries(piece)
    .map(([key, held]) => writeAnything(nameOfKey(key, namespace), held, writer))
    .join("");
}

/** The name that a key means: `{namespace}name`, or one of the namespace around. */
export function nameOfKey(key: string, namespace = ""): QName {
  const [, own, name] = /^\{(.*)\}(.+)$/.exec(key) ?? [];
  return own === undefined || name === undefined ? { namespace, name: key } : { namespace: own, name };
}

export function wrapped(tag: string, attributes: string, content: string): string {
  return content === "" ? `<${tag}${attributes}/>` : `<${tag}${attributes}>${content}</${tag}>`;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function plainText(value: unknown, writer: XmlWriter): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean" || typeof value === "bigint")
    return writer.text(String(value));
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  throw writer.fault(`expected a text, a number or a boolean, found ${describeValue(value)}`);
}
