import { XSD, type QName, type XmlElement } from "../xml/xml-element.ts";
import type { SchemaFile } from "./schema-files.ts";
import type { ComplexType, ElementDeclaration, SimpleType, Type } from "./schema-model.ts";

/** A declaration, and the document that says how its names are meant. */
export interface Declared {
  readonly element: XmlElement;
  readonly file: SchemaFile;
}

/** How the parts of a schema find one another. */
export interface Declarations {
  find(kind: DeclarationKind, name: QName): Declared | undefined;
  /** What the name in an attribute means; throws PORTOLAN_FORMAT_INVALID if nothing of that name is declared. */
  reference(kind: DeclarationKind, text: string, from: Declared): Declared;
  elementAt(declared: Declared, isGlobal: boolean): ElementDeclaration;
  typeNamed(text: string, from: Declared): Type;
  simpleTypeNamed(text: string, from: Declared): SimpleType;
  simpleTypeIn(declared: Declared): SimpleType | undefined;
}

export type DeclarationKind = "element" | "type" | "attribute" | "group" | "attributeGroup";

/** What any element may hold. */
export const ANY_TYPE: ComplexType = {
  kind: "complex",
  name: { namespace: XSD, name: "anyType" },
  isAbstract: false,
  isMixed: true,
  text: undefined,
  content: { kind: "any", min: 0, max: Infinity, isAllowed: () => true },
  attributes: [],
  isOpen: true,
  base: undefined,
};

export function isTrue(value: string | undefined): boolean {
  return value === "true" || value === "1";
}
