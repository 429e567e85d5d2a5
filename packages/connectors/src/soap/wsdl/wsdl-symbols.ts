import { PortolanError } from "@portolan/core";
import { attributeOf, childrenNamed, clark, resolveName, type XmlElement } from "../xml/xml-element.ts";

export const WSDL = "http://schemas.xmlsoap.org/wsdl/";

/** A part of a definitions element that others name. */
export interface WsdlPart {
  readonly element: XmlElement;
  readonly targetNamespace: string;
}

export type WsdlPartKind = "message" | "portType" | "binding" | "service";

export interface WsdlSymbols {
  all(kind: WsdlPartKind): readonly WsdlPart[];
  /** What the name in an attribute means. Throws PORTOLAN_FORMAT_INVALID if there is nothing of that name. */
  reference(kind: WsdlPartKind, from: WsdlPart, attribute: string): WsdlPart;
}

/** The parts of a WSDL document and of those that it imports. What is defined again is the first. */
export function createSymbols(definitions: readonly XmlElement[]): WsdlSymbols {
  const parts = new Map<string, WsdlPart>();
  for (const root of definitions) {
    const targetNamespace = attributeOf(root, "targetNamespace") ?? "";
    for (const element of childrenNamed(root, WSDL)) {
      const key = `${element.name} ${clark({ namespace: targetNamespace, name: nameOf(element) })}`;
      if (!parts.has(key)) parts.set(key, { element, targetNamespace });
    }
  }
  return {
    all: (kind) => [...parts.values()].filter(({ element }) => element.name === kind),
    reference(kind, { element, targetNamespace }, attribute) {
      const text = attributeOf(element, attribute) ?? "";
      const name = resolveName(text, element.scope);
      const found = name === undefined ? undefined : parts.get(`${kind} ${clark(name)}`);
      // A name without prefix is of the default namespace, which documents often mean to be their own.
      const own = parts.get(`${kind} ${clark({ namespace: targetNamespace, name: text })}`);
      if (found !== undefined || own !== undefined) return found ?? own ?? { element, targetNamespace };
      throw new PortolanError(
        "PORTOLAN_FORMAT_INVALID",
        `the ${[element.name, nameOf(element)].filter(Boolean).join(" ")} names the ${kind} ${name === undefined ? text : clark(name)}, which is not defined`,
      );
    },
  };
}

export function nameOf(element: XmlElement): string {
  return attributeOf(element, "name")?.trim() ?? "";
}
