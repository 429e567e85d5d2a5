import type { JsonSchema } from "@portolan/core";
import type { SchemaElement } from "./schema-tree.ts";

type Find = (kind: string, name: string | undefined) => SchemaElement | undefined;

const INTEGER = "^\\s*[-+]?\\d+\\s*$";
const DECIMAL = "^\\s*[-+]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)\\s*$";

/** Built-in types of texts that no pattern tells. */
const TEXTS: ReadonlySet<string> = new Set(
  (
    "string normalizedString token language anyURI QName Name NCName NMTOKEN NMTOKENS ID IDREF IDREFS ENTITY ENTITIES NOTATION anySimpleType " +
    "base64Binary hexBinary duration gYear gYearMonth gMonth gMonthDay gDay nonPositiveInteger"
  ).split(" "),
);

/** The texts that built-in types allow. */
const PATTERNS: Readonly<Record<string, string>> = {
  boolean: "^\\s*(?:true|false|0|1)\\s*$",
  decimal: DECIMAL,
  // The first of several with one pattern is the widest.
  integer: INTEGER,
  int: INTEGER,
  long: INTEGER,
  short: INTEGER,
  byte: INTEGER,
  nonNegativeInteger: "^\\s*(?:\\+?\\d+|-0+)\\s*$",
  positiveInteger: "^\\s*\\+?0*[1-9]\\d*\\s*$",
  negativeInteger: "^\\s*-0*[1-9]\\d*\\s*$",
  unsignedInt: "^\\s*\\+?\\d+\\s*$",
  unsignedLong: "^\\s*\\+?\\d+\\s*$",
  unsignedShort: "^\\s*\\+?\\d+\\s*$",
  unsignedByte: "^\\s*\\+?\\d+\\s*$",
  double: "^\\s*(?:[-+]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][-+]?\\d+)?|-?INF|NaN)\\s*$",
  float: "^\\s*(?:[-+]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][-+]?\\d+)?|-?INF|NaN)\\s*$",
  date: "^\\s*-?\\d{4,}-\\d{2}-\\d{2}(?:Z|[-+]\\d{2}:\\d{2})?\\s*$",
  time: "^\\s*\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:Z|[-+]\\d{2}:\\d{2})?\\s*$",
  dateTime: "^\\s*-?\\d{4,}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:Z|[-+]\\d{2}:\\d{2})?\\s*$",
};

/** The built-in type whose texts have a pattern. */
export function typeOfPattern(pattern: unknown): string | undefined {
  const name = Object.keys(PATTERNS).find((one) => PATTERNS[one] === pattern);
  return name === undefined ? undefined : `xs:${name}`;
}

/** The schema of the texts of a simple type, by its name. */
export function valueSchema(type: string, find: Find): JsonSchema | boolean {
  const own = find("simpleType", type);
  if (own !== undefined) return simpleTypeSchema(own, find);
  const name = type.replace(/^.*:/, "");
  const pattern = PATTERNS[name];
  if (pattern !== undefined) return { type: "string", pattern };
  // Types of other documents are not known here.
  return TEXTS.has(name) ? { type: "string" } : true;
}

export function simpleTypeSchema(type: SchemaElement, find: Find): JsonSchema | boolean {
  const restriction = type.children.find(({ kind }) => kind === "restriction");
  // Of lists and unions the texts are known to be texts.
  if (restriction === undefined) return { type: "string" };
  const { base } = restriction.attributes;
  const inherited = base === undefined ? { type: "string" } : valueSchema(base, find);
  const facets = new Map<string, readonly string[]>();
  for (const { kind, attributes } of restriction.children) facets.set(kind, [...(facets.get(kind) ?? []), attributes["value"] ?? ""]);
  const number = (facet: string): number | undefined => {
    const [text] = facets.get(facet) ?? facets.get("length") ?? [];
    return text === undefined ? undefined : Number(text);
  };
  const values = facets.get("enumeration");
  const [minimum, maximum] = [number("minLength"), number("maxLength")];
  return {
    ...(inherited === true ? { type: "string" } : inherited === false ? {} : inherited),
    ...(values === undefined ? {} : { enum: values }),
    ...(minimum === undefined ? {} : { minLength: minimum }),
    ...(maximum === undefined ? {} : { maxLength: maximum }),
  };
}
