import { PortolanError } from "@portolan/core";
import {
  XmlBufferInputProvider,
  XmlDocument,
  XmlLibError,
  XsdValidator,
  xmlCleanupInputProvider,
  xmlRegisterInputProvider,
} from "libxml2-wasm";
import { escapeAttribute, writeTree } from "../xml/write-tree.ts";
import { XSD, attributeOf, type XmlElement } from "../xml/xml-element.ts";
import type { SchemaFile } from "./schema-files.ts";

/** What can stand but once in a namespace; simple and complex types share their names. */
const SYMBOL_SPACES: Readonly<Record<string, string>> = {
  simpleType: "type",
  complexType: "type",
  element: "element",
  attribute: "attribute",
  group: "group",
  attributeGroup: "attributeGroup",
};

/**
 * The validator of all schemas of a service. libxml2 takes one document for each namespace, so each namespace gets one that includes all
 * of its own; imports lead to these. What is declared again counts once, as where a file is included by two names.
 */
export function compileSchemas(files: readonly SchemaFile[], unread: readonly string[]): XsdValidator {
  const namespaces = [...new Set(files.map(({ namespace }) => namespace))];
  const documents: Record<string, Uint8Array> = {};
  const imports = (own?: string) =>
    namespaces
      .map((namespace, index) =>
        namespace === own
          ? ""
          : `<import xmlns="${XSD}" ${namespace === "" ? "" : `namespace="${escapeAttribute(namespace)}" `}schemaLocation="mem:///${index}.xsd"/>`,
      )
      .join("");
  for (const [index, namespace] of namespaces.entries()) {
    const known = new Set<string>();
    const parts = files.filter((file) => file.namespace === namespace).map(({ root }) => writeTree(asMeant(withoutRepeats(root, known))));
    const target = namespace === "" ? "" : ` targetNamespace="${escapeAttribute(namespace)}"`;
    const includes = parts.map((_, part) => `<xs:include schemaLocation="mem:///${index}-${part}.xsd"/>`).join("");
    documents[`mem:///${index}.xsd`] = Buffer.from(`<xs:schema xmlns:xs="${XSD}"${target}>${includes}</xs:schema>`);
    for (const [part, text] of parts.entries())
      documents[`mem:///${index}-${part}.xsd`] = Buffer.from(withImports(text, imports(namespace)));
  }
  const driver = `<xs:schema xmlns:xs="${XSD}" targetNamespace="urn:portolan:schemas">${imports()}</xs:schema>`;
  // Registered for as long as the schemas are read, and no longer: messages must not read anything.
  xmlRegisterInputProvider(new XmlBufferInputProvider(documents));
  try {
    using document = XmlDocument.fromString(driver, { url: "mem:///driver.xsd" });
    return XsdValidator.fromDoc(document);
  } catch (cause) {
    if (!(cause instanceof XmlLibError)) throw cause;
    const words = cause.details.map(({ message }) => message.trim()).filter(Boolean);
    throw new PortolanError(
      "PORTOLAN_FORMAT_INVALID",
      `its schemas are not valid XML Schema 1.0: ${[...new Set(words)].slice(0, 3).join("; ") || cause.message.trim()}`,
      {
        cause,
        ...(unread.length === 0 ? {} : { hint: unread.join("; ") }),
      },
    );
  } finally {
    xmlCleanupInputProvider();
  }
}

function withoutRepeats(root: XmlElement, known: Set<string>): XmlElement {
  const nodes = root.nodes.filter((node) => {
    if (typeof node === "string" || node.namespace !== XSD) return false;
    if (node.name === "import" || node.name === "include") return false;
    const space = SYMBOL_SPACES[node.name];
    if (space === undefined) return true;
    const key = `${space} ${attributeOf(node, "name")?.trim()}`;
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
  return { ...root, nodes };
}

/**
 * A schema as it is meant. What stands in a wildcard is checked where a schema of it is known: documents say strict where they say nothing, also those
 * whose messages hold what no schema of theirs declares. Blanks round a name, which libxml2 takes for a part of it, are none (XML Schema 2, section 3.3.6).
 */
function asMeant(element: XmlElement): XmlElement {
  const nodes = element.nodes.map((node) => (typeof node === "string" ? node : asMeant(node)));
  if (element.namespace !== XSD) return { ...element, nodes };
  const named = element.attributes.map((one) => (one.name === "name" && one.prefix === "" ? { ...one, value: one.value.trim() } : one));
  const isStrict = element.name.startsWith("any") && (attributeOf(element, "processContents") ?? "strict") === "strict";
  if (!isStrict) return { ...element, nodes, attributes: named };
  const others = named.filter(({ name }) => name !== "processContents");
  return { ...element, nodes, attributes: [...others, { name: "processContents", prefix: "", namespace: "", value: "lax" }] };
}

/** Imports come first in a schema. */
function withImports(text: string, imports: string): string {
  const end = text.indexOf(">") + 1;
  return text.slice(0, end) + imports + text.slice(end);
}
