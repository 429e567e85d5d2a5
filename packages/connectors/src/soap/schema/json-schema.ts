import type { JsonSchema } from "@portolan/core";
import { XSD, clark } from "../xml/xml-element.ts";
import type { AttributeUse, ComplexType, ElementDeclaration, SimpleType, Type } from "./schema-model.ts";
import { INTEGERS } from "./simple-types.ts";
import { slotsOf } from "./slots.ts";

/** The JSON Schemas of the data of elements. Named types are in `$defs`, each once. */
export interface ElementSchemas {
  schemaOf(element: ElementDeclaration): JsonSchema;
  readonly definitions: ReadonlyMap<string, JsonSchema>;
}

export function createElementSchemas(): ElementSchemas {
  const definitions = new Map<string, JsonSchema>();
  const names = new Map<Type, string>();
  /** Types without a name that are being told. */
  const open = new Set<Type>();

  function typeSchema({ type, name }: ElementDeclaration): JsonSchema {
    if (type.kind === "simple") return simpleSchema(type);
    if (type.name === undefined) return unnamedSchema(type, name);
    return type.name.namespace === XSD ? {} : referenceTo(definitionOf(type));
  }

  /** A type without a name that contains itself gets that of its element. */
  function unnamedSchema(type: ComplexType, element: string): JsonSchema {
    if (open.has(type) && !names.has(type)) {
      const name = definitions.has(element) ? `${element}-${definitions.size}` : element;
      names.set(type, name);
      definitions.set(name, {});
    }
    const known = names.get(type);
    if (known !== undefined) return referenceTo(known);
    open.add(type);
    const schema = complexSchema(type);
    open.delete(type);
    const name = names.get(type);
    if (name === undefined) return schema;
    definitions.set(name, schema);
    return referenceTo(name);
  }

  function definitionOf(type: ComplexType): string {
    const known = names.get(type);
    if (known !== undefined) return known;
    const own = type.name?.name ?? "";
    const name = definitions.has(own) && type.name !== undefined ? clark(type.name) : own;
    // It is known before its content is: that may contain it.
    names.set(type, name);
    definitions.set(name, {});
    definitions.set(name, complexSchema(type));
    return name;
  }

  function complexSchema(type: ComplexType): JsonSchema {
    const { byKey, attributesByKey, hasAny } = slotsOf(type);
    if (type.text !== undefined && attributesByKey.size === 0 && !type.isOpen) return simpleSchema(type.text);
    const attributes = [...attributesByKey].map(([key, use]) => [key, attributeSchema(use)] as const);
    const elements = [...byKey].map(
      ([key, { element, isList }]) => [key, isList ? { type: "array", items: elementSchema(element) } : elementSchema(element)] as const,
    );
    const text = type.text === undefined ? [] : [["#text", simpleSchema(type.text)] as const];
    const required = [
      ...[...attributesByKey].filter(([, use]) => use.isRequired).map(([key]) => key),
      ...[...byKey].filter(([, slot]) => slot.isRequired).map(([key]) => key),
    ];
    return {
      type: "object",
      properties: Object.fromEntries([...attributes, ...text, ...elements]),
      ...(required.length === 0 ? {} : { required }),
      ...(hasAny || type.isOpen || type.isMixed ? {} : { additionalProperties: false }),
    };
  }

  function elementSchema(element: ElementDeclaration): JsonSchema {
    const { isNillable, documentation } = element;
    const schema = typeSchema(element);
    const described = documentation === undefined ? schema : { ...schema, description: documentation };
    return isNillable ? { anyOf: [described, { type: "null" }] } : described;
  }

  return { schemaOf: elementSchema, definitions };
}

function referenceTo(name: string): JsonSchema {
  return { $ref: `#/$defs/${encodeURIComponent(name)}` };
}

function attributeSchema({ type, fixed }: AttributeUse): JsonSchema {
  return fixed === undefined ? simpleSchema(type) : { ...simpleSchema(type), const: fixed };
}

const FORMATS: Readonly<Record<string, string>> = {
  date: "date",
  dateTime: "date-time",
  time: "time",
  anyURI: "uri-reference",
  duration: "duration",
};

/** Limits of numbers are given where they are no more than those of a built-in type of 32 bits; other facets the validator knows. */
function simpleSchema(type: SimpleType): JsonSchema {
  const { variety, builtIn, item, facets } = type;
  if (variety === "list") return { type: "array", items: item === undefined ? {} : simpleSchema(item) };
  if (variety === "union") return { type: "string" };
  if (builtIn === "boolean") return { type: "boolean" };
  if (builtIn === "anySimpleType") return {};
  const length = lengths(facets.values);
  if (INTEGERS.has(builtIn)) return { type: "integer", ...limits(facets.values) };
  if (builtIn === "decimal" || builtIn === "double" || builtIn === "float") return { type: "number", ...limits(facets.values) };
  if (facets.enumeration.length > 0) return { type: "string", enum: facets.enumeration };
  if (builtIn === "base64Binary") return { type: "string", contentEncoding: "base64" };
  const format = FORMATS[builtIn];
  return { type: "string", ...(format === undefined ? {} : { format }), ...length };
}

function limits({ minInclusive, maxInclusive, minExclusive, maxExclusive }: SimpleType["facets"]["values"]): JsonSchema {
  return defined({ minimum: minInclusive, maximum: maxInclusive, exclusiveMinimum: minExclusive, exclusiveMaximum: maxExclusive });
}

function lengths({ length, minLength = length, maxLength = length }: SimpleType["facets"]["values"]): JsonSchema {
  return defined({ minLength, maxLength });
}

function defined(values: Readonly<Record<string, string | undefined>>): JsonSchema {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, text]) => (text === undefined || !Number.isFinite(Number(text)) ? [] : [[name, Number(text)]])),
  );
}
