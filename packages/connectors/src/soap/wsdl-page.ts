import { pathOf } from "./schema/schema-files.ts";
import type { ServiceModel } from "./wsdl/service-model.ts";
import { writeTree } from "./xml/write-tree.ts";
import { attributeOf, XSD, type XmlElement } from "./xml/xml-element.ts";

/**
 * A document of a service as clients get it: `?wsdl` is the first, those that it refers to are `?wsdl=N` and `?xsd=N`. Addresses are those by
 * which it is asked for, so that what a client reads it can call.
 */
export function writeDocument(service: ServiceModel, index: number, url: string): string | undefined {
  const document = service.documents[index];
  if (document === undefined) return undefined;
  const linkTo = (location: string): string => {
    const path = pathOf(location, document.path);
    const at = service.documents.findIndex((one) => one.path === path);
    const found = service.documents[at];
    if (found === undefined) return location;
    return `${url}?${found.root.namespace === XSD ? "xsd" : "wsdl"}=${at}`;
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeTree(linked(document.root, linkTo, url))}\n`;
}

const LINKS: ReadonlySet<string> = new Set(["import", "include", "redefine"]);

function linked(element: XmlElement, linkTo: (location: string) => string, url: string): XmlElement {
  const isAddress = element.name === "address" && attributeOf(element, "location") !== undefined;
  const isLink = LINKS.has(element.name);
  const attributes =
    isAddress || isLink
      ? element.attributes.map((one) => {
          if (isAddress && one.name === "location") return { ...one, value: url };
          return isLink && (one.name === "location" || one.name === "schemaLocation") ? { ...one, value: linkTo(one.value) } : one;
        })
      : element.attributes;
  return { ...element, attributes, nodes: element.nodes.map((node) => (typeof node === "string" ? node : linked(node, linkTo, url))) };
}
