import type { QName } from "../xml/xml-element.ts";

/** An element that a schema declares. */
export interface ElementDeclaration extends QName {
  /** Of a type that contains itself, it leads back to it. */
  readonly type: Type;
  readonly isNillable: boolean;
  readonly isAbstract: boolean;
  /** The text that stands for an empty element. */
  readonly default: string | undefined;
  readonly fixed: string | undefined;
  /** The elements that may stand in its place, without those that are abstract. */
  readonly substitutes: readonly ElementDeclaration[];
  /** Whether values in it have to be unique, or to be found elsewhere in it (`unique`, `key`, `keyref`). */
  readonly isConstrained: boolean;
  readonly documentation: string | undefined;
}

export type Type = SimpleType | ComplexType;

export interface SimpleType {
  readonly kind: "simple";
  /** Undefined for a type that is declared where it is used. */
  readonly name: QName | undefined;
  readonly variety: "atomic" | "list" | "union";
  /** The built-in type that it restricts, without prefix, such as `int`; `anySimpleType` for lists and unions. */
  readonly builtIn: string;
  /** Of a list. */
  readonly item: SimpleType | undefined;
  /** Of a union. */
  readonly members: readonly SimpleType[];
  readonly facets: Facets;
}

/** The values of facets by their names: the last of each is that of the type itself. */
export interface Facets {
  readonly enumeration: readonly string[];
  readonly pattern: readonly string[];
  readonly values: Readonly<Partial<Record<FacetName, string>>>;
}

export type FacetName =
  | "length"
  | "minLength"
  | "maxLength"
  | "minInclusive"
  | "maxInclusive"
  | "minExclusive"
  | "maxExclusive"
  | "totalDigits"
  | "fractionDigits"
  | "whiteSpace";

export interface ComplexType {
  readonly kind: "complex";
  readonly name: QName | undefined;
  readonly isAbstract: boolean;
  readonly isMixed: boolean;
  /** The type of its text, if it holds text and no elements. */
  readonly text: SimpleType | undefined;
  /** Its elements; undefined if it has none. */
  readonly content: Particle | undefined;
  readonly attributes: readonly AttributeUse[];
  readonly isOpen: boolean;
  readonly base: Type | undefined;
}

export interface AttributeUse extends QName {
  readonly type: SimpleType;
  readonly isRequired: boolean;
  readonly default: string | undefined;
  readonly fixed: string | undefined;
}

interface Occurrence {
  readonly min: number;
  /** Infinity if it is unbounded. */
  readonly max: number;
}

export type Particle =
  | (Occurrence & { readonly kind: "sequence" | "choice" | "all"; readonly items: readonly Particle[] })
  | (Occurrence & { readonly kind: "element"; readonly element: ElementDeclaration })
  | (Occurrence & { readonly kind: "any"; readonly isAllowed: (namespace: string) => boolean });

/** All declarations of the schemas of a service. */
export interface SchemaModel {
  element(name: QName): ElementDeclaration | undefined;
  type(name: QName): Type | undefined;
  /** The one of this name, whatever its namespace. */
  elementNamed(name: string): ElementDeclaration | undefined;
  /** The named types that are derived from a type, at any depth. */
  derived(type: Type): readonly Type[];
  /** All that is declared at the top, standards left out. */
  readonly elements: readonly ElementDeclaration[];
  readonly types: readonly Type[];
}
