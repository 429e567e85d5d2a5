import { posix } from "node:path";
import { PortolanError } from "@portolan/core";
import { parseTree } from "../xml/parse-xml.ts";
import { XSD, attributeOf, childrenNamed, clark, type XmlElement } from "../xml/xml-element.ts";
import { writeTree } from "../xml/write-tree.ts";
import { SOAP_11, SOAP_12, standardSchema } from "./standard-schemas.ts";

/** Reads a file by its path. Throws a PortolanError that says why if it cannot. */
export type ReadFile = (path: string) => Uint8Array;

/** A schema document, also one that stands in a WSDL document. */
export interface SchemaFile {
  /** The namespace of what it declares. A document without one takes that of whoever includes it. */
  readonly namespace: string;
  readonly root: XmlElement;
}

export interface SchemaFiles {
  readonly files: readonly SchemaFile[];
  /** What is imported or included and could not be read, with the reason. It is of consequence only where something refers to it. */
  readonly unread: readonly string[];
  /** Documents besides those that were given, as they stand in their files. */
  readonly documents: readonly InlineSchema[];
}

export interface InlineSchema {
  readonly root: XmlElement;
  /** The path of the document that it stands in. */
  readonly path: string;
}

/** The schemas given, and all that they import and include, each once. */
export function collectSchemas(inline: readonly InlineSchema[], readFile: ReadFile): SchemaFiles {
  const files: SchemaFile[] = [];
  const unread: string[] = [];
  const known = new Set<string>();
  const documents: InlineSchema[] = [];

  function add(root: XmlElement, path: string, includer?: string): void {
    const own = attributeOf(root, "targetNamespace") ?? "";
    const namespace = own === "" && includer !== undefined ? includer : own;
    files.push({ namespace, root: own === namespace ? root : adopted(root, namespace) });
    for (const child of childrenNamed(root, XSD)) {
      if (child.name === "redefine")
        throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${path}: xs:redefine is not supported`, {
          hint: "write the redefined types out: XML Schema 1.1 has dropped it, too",
        });
      if (child.name === "include") load(child, path, namespace);
      else if (child.name === "import") addImport(child, path);
    }
  }

  /** Standards are imported from places that are not fetched; a file of them that is there goes before. */
  function addImport(child: XmlElement, path: string): void {
    const namespace = attributeOf(child, "namespace") ?? "";
    if (standardSchema(namespace) === undefined) return load(child, path);
    const before = unread.length;
    if (!isEnvelope(namespace)) load(child, path);
    unread.length = before;
    addStandard(namespace);
  }

  function addStandard(namespace: string): void {
    const text = standardSchema(namespace);
    if (text === undefined || files.some((file) => file.namespace === namespace)) return;
    add(parseTree(Buffer.from(text)), namespace);
  }

  function load(reference: XmlElement, from: string, includer?: string): void {
    const location = attributeOf(reference, "schemaLocation");
    if (location === undefined) return;
    const path = pathOf(location, from);
    const key = `${path} ${includer ?? ""}`;
    if (known.has(key)) return;
    known.add(key);
    if (path === undefined) {
      unread.push(`${location} is not fetched: put it beside ${posix.basename(from)} and name it there`);
      return;
    }
    const root = readRoot(path, from, location);
    if (root !== undefined) add(root, path, includer);
  }

  function readRoot(path: string, from: string, location: string): XmlElement | undefined {
    let bytes: Uint8Array;
    try {
      bytes = readFile(path);
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      unread.push(`${location}, which ${posix.basename(from)} refers to, cannot be read: ${error.message}`);
      return undefined;
    }
    const root = inFile(path, () => parseTree(bytes));
    const found = schemasIn(root);
    if (found.length === 0) throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${path}: expected an XML Schema, found ${clark(root)}`);
    // A WSDL document may be named where its schemas are meant.
    if (!documents.some((one) => one.path === path)) documents.push({ path, root });
    for (const inner of found.slice(1)) add(inner, path);
    return found[0];
  }

  for (const { root, path } of inline) add(root, path);
  for (const namespace of [SOAP_11, SOAP_12, ...files.flatMap(({ root }) => [...root.scope.values()])]) addStandard(namespace);
  return { files, unread, documents };
}

/** A schema document as the one of another namespace: names without prefix are of that namespace then. */
function adopted(root: XmlElement, namespace: string): XmlElement {
  const text = writeTree({
    ...root,
    attributes: [
      ...root.attributes.filter(({ name }) => name !== "targetNamespace"),
      { name: "targetNamespace", prefix: "", namespace: "", value: namespace },
    ],
    scope: root.scope.has("") ? root.scope : new Map([...root.scope, ["", namespace]]),
  });
  return parseTree(Buffer.from(text));
}

/** A schema document, or those in a WSDL document. */
export function schemasIn(root: XmlElement): readonly XmlElement[] {
  if (root.namespace === XSD && root.name === "schema") return [root];
  return childrenNamed(root, root.namespace, "types").flatMap((types) => childrenNamed(types, XSD, "schema"));
}

/** The path that a location in a document names; undefined if it is on another machine. */
export function pathOf(location: string, from: string): string | undefined {
  const text = location.trim().replaceAll("\\", "/");
  if (/^[a-z][a-z\d+.-]+:/i.test(text) && !/^file:/i.test(text)) return undefined;
  const [plain = ""] = text.replace(/^file:(?:\/\/(?:localhost)?(?=\/))?/i, "").split("#");
  return posix.join(plain.startsWith("/") ? "/" : posix.dirname(from), decoded(plain));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A plain path with a % in it.
    return text;
  }
}

/** Says in which file something is wrong. */
export function inFile<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof PortolanError)) throw cause;
    throw new PortolanError(cause.code, `${path}: ${cause.message}`, {
      kind: cause.kind,
      cause,
      ...(cause.hint === undefined ? {} : { hint: cause.hint }),
    });
  }
}

/** Messages are checked by what is known of SOAP itself, whatever a document imports. */
function isEnvelope(namespace: string): boolean {
  return namespace === SOAP_11 || namespace === SOAP_12;
}
