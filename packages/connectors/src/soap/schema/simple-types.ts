import { XSD, attributeOf, childrenNamed, type QName, type XmlElement } from "../xml/xml-element.ts";
import type { FacetName, Facets, SimpleType } from "./schema-model.ts";

const NO_FACETS: Facets = { enumeration: [], pattern: [], values: {} };
const LISTS: Readonly<Record<string, string>> = { NMTOKENS: "NMTOKEN", IDREFS: "IDREF", ENTITIES: "ENTITY" };

/** The limits that whole numbers of built-in types have. */
const LIMITS: Readonly<Record<string, readonly [string | undefined, string | undefined]>> = {
  byte: ["-128", "127"],
  short: ["-32768", "32767"],
  int: ["-2147483648", "2147483647"],
  long: ["-9223372036854775808", "9223372036854775807"],
  unsignedByte: ["0", "255"],
  unsignedShort: ["0", "65535"],
  unsignedInt: ["0", "4294967295"],
  unsignedLong: ["0", "18446744073709551615"],
  nonNegativeInteger: ["0", undefined],
  positiveInteger: ["1", undefined],
  nonPositiveInteger: [undefined, "0"],
  negativeInteger: [undefined, "-1"],
  integer: [undefined, undefined],
};

export const INTEGERS: ReadonlySet<string> = new Set(Object.keys(LIMITS));

const known = new Map<string, SimpleType>();

/** A type that XML Schema itself has, by its name without prefix. */
export function builtInType(name: string): SimpleType {
  const made = known.get(name) ?? makeBuiltInType(name);
  known.set(name, made);
  return made;
}

function makeBuiltInType(name: string): SimpleType {
  const [minimum, maximum] = LIMITS[name] ?? [];
  const item = LISTS[name];
  const plain: SimpleType = {
    kind: "simple",
    name: { namespace: XSD, name },
    variety: "atomic",
    builtIn: name,
    item: undefined,
    members: [],
    facets: {
      ...NO_FACETS,
      values: { ...(minimum === undefined ? {} : { minInclusive: minimum }), ...(maximum === undefined ? {} : { maxInclusive: maximum }) },
    },
  };
  return item === undefined ? plain : { ...plain, variety: "list", builtIn: "anySimpleType", item: builtInType(item) };
}

/** Finds what a name in an attribute means. */
export interface TypeLookup {
  simpleType(element: XmlElement, attribute: string): SimpleType;
}

/** The type that an `xs:simpleType` declares. */
export function readSimpleType(element: XmlElement, name: QName | undefined, lookup: TypeLookup): SimpleType {
  const [list] = childrenNamed(element, XSD, "list");
  const [union] = childrenNamed(element, XSD, "union");
  const [restriction] = childrenNamed(element, XSD, "restriction");
  const plain = { kind: "simple", name, builtIn: "anySimpleType", item: undefined, members: [], facets: NO_FACETS } as const;
  if (list !== undefined) return { ...plain, variety: "list", item: inner(list, "itemType", lookup) };
  if (union !== undefined) {
    const named = (attributeOf(union, "memberTypes") ?? "").split(/\s+/).filter(Boolean);
    const members = named.map((member) => lookup.simpleType(union, member));
    return {
      ...plain,
      variety: "union",
      members: [...members, ...childrenNamed(union, XSD, "simpleType").map((one) => readSimpleType(one, undefined, lookup))],
    };
  }
  return restriction === undefined ? { ...plain, variety: "atomic" } : restrict(inner(restriction, "base", lookup), restriction, name);
}

/** A simple type with the facets of a restriction. */
export function restrict(base: SimpleType, restriction: XmlElement, name: QName | undefined): SimpleType {
  const facets = childrenNamed(restriction, XSD);
  const of = (kind: string) => facets.filter((one) => one.name === kind).map((one) => attributeOf(one, "value") ?? "");
  const enumeration = of("enumeration");
  const values = Object.fromEntries(facets.filter(isLimit).map((one) => [one.name, attributeOf(one, "value") ?? ""]));
  return {
    ...base,
    name,
    facets: {
      enumeration: enumeration.length > 0 ? enumeration : base.facets.enumeration,
      pattern: [...base.facets.pattern, ...of("pattern")],
      values: { ...base.facets.values, ...values },
    },
  };
}

const LIMIT_FACETS: ReadonlySet<string> = new Set<FacetName>([
  "length",
  "minLength",
  "maxLength",
  "minInclusive",
  "maxInclusive",
  "minExclusive",
  "maxExclusive",
  "totalDigits",
  "fractionDigits",
  "whiteSpace",
]);

function isLimit({ name }: XmlElement): boolean {
  return LIMIT_FACETS.has(name);
}

function inner(holder: XmlElement, attribute: string, lookup: TypeLookup): SimpleType {
  const name = attributeOf(holder, attribute);
  if (name !== undefined) return lookup.simpleType(holder, name);
  const [own] = childrenNamed(holder, XSD, "simpleType");
  return own === undefined ? builtInType("anySimpleType") : readSimpleType(own, undefined, lookup);
}
