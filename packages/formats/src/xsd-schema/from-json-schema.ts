import { isRecord, type JsonSchema } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import { typeOfPattern } from "./simple-types.ts";

type Schema = JsonSchema | boolean;
type Element = Readonly<Record<string, unknown>>;

const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

/**
 * An XML Schema, as data of the format `xml`, of the data that a JSON Schema describes: a field is an element, one with `@` an attribute, `#text` the text of its element; a list
 * is an element that may occur again. What XML Schema 1.0 cannot say is refused with its path.
 */
export function xsdOfJsonSchema(root: Schema, rootName: string | undefined): unknown {
  const schema = resolve(root, []);
  const properties = isRecord(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  const [only] = properties;
  const isDocument = rootName === undefined && only !== undefined && properties.length === 1 && !only[0].startsWith("@");
  const name = isDocument ? only[0] : (rootName ?? nameOf(schema["title"]));
  const content = isDocument ? only[1] : root;
  /** Types by their names, for maps under `$defs`, which may hold themselves. */
  const types = new Map<string, Element>();
  const top = element(name, content, []);
  return {
    "xs:schema": {
      "@xmlns:xs": "http://www.w3.org/2001/XMLSchema",
      "@elementFormDefault": "qualified",
      "xs:element": top,
      ...(types.size === 0 ? {} : { "xs:complexType": [...types.values()] }),
    },
  };

  function element(key: string, given: unknown, path: readonly string[]): Element {
    if (!NAME.test(key)) throw fault(path, `${JSON.stringify(key)} can be no name of an element`);
    const part = resolve(schemaIn(given), path);
    const type =
      isRecord(given) && typeof given["$ref"] === "string" && isMap(part)
        ? { "@type": namedType(given["$ref"], part, path) }
        : typeOf(part, path);
    return { "@name": key, ...type };
  }

  function namedType(reference: string, part: JsonSchema, path: readonly string[]): string {
    const called = (reference.split("/").at(-1) ?? "").replaceAll(/[^\p{L}\p{N}_.-]/gu, "_");
    if (!types.has(called)) {
      // It is known before its content is: that may hold it.
      types.set(called, {});
      types.set(called, { "@name": called, ...complexType(part, path) });
    }
    return called;
  }

  function typeOf(part: JsonSchema, path: readonly string[]): Element {
    if (Array.isArray(part["enum"]) || "const" in part)
      return {
        "xs:simpleType": enumeration(Array.isArray(part["enum"]) ? part["enum"] : [part["const"]], {
          path,
          base: typeOfPattern(part["pattern"]),
        }),
      };
    switch (part["type"] ?? (isRecord(part["properties"]) ? "object" : undefined)) {
      case "string":
        return text(part);
      case "integer":
        return { "@type": "xs:integer" };
      case "number":
        return { "@type": "xs:decimal" };
      case "boolean":
        return { "@type": "xs:boolean" };
      case "object":
        return { "xs:complexType": complexType(part, path) };
      default:
        throw fault(
          path,
          `${part["type"] === undefined ? "no type is given here" : `${JSON.stringify(part["type"])} is no type of an element`}`,
        );
    }
  }

  function text(part: JsonSchema): Element {
    const named =
      typeOfPattern(part["pattern"]) ??
      { date: "xs:date", time: "xs:time", "date-time": "xs:dateTime", uri: "xs:anyURI" }[String(part["format"])];
    const facets = ["minLength", "maxLength"].flatMap((facet) =>
      typeof part[facet] === "number" ? [[`xs:${facet}`, { "@value": String(part[facet]) }] as const] : [],
    );
    if (facets.length === 0) return { "@type": named ?? "xs:string" };
    return { "xs:simpleType": { "xs:restriction": { "@base": named ?? "xs:string", ...Object.fromEntries(facets) } } };
  }

  function complexType(part: JsonSchema, path: readonly string[]): Element {
    const fields = isRecord(part["properties"]) ? Object.entries(part["properties"]) : [];
    const required = new Set(Array.isArray(part["required"]) ? part["required"] : []);
    if (fields.length === 0) throw fault(path, "a map without named fields has no type in XML Schema");
    const attributes = fields
      .filter(([key]) => key.startsWith("@"))
      .map(([key, one]) => attribute(key.slice(1), one, { path: [...path, key], isRequired: required.has(key) }));
    const words = attributes.length === 0 ? {} : { "xs:attribute": attributes };
    const content = fields.find(([key]) => key === "#text");
    if (content !== undefined) {
      const { "@type": base = "xs:string" } = typeOf(resolve(schemaIn(content[1]), path), path);
      return { "xs:simpleContent": { "xs:extension": { "@base": base, ...words } } };
    }
    const elements = fields
      .filter(([key]) => !key.startsWith("@"))
      .map(([key, one]) => {
        const item = listItem(schemaIn(one), [...path, key]);
        const occurs = {
          ...(required.has(key) ? {} : { "@minOccurs": "0" }),
          ...(item === undefined ? {} : { "@maxOccurs": "unbounded" }),
        };
        return { ...element(key, item ?? one, [...path, key]), ...occurs };
      });
    return { ...(elements.length === 0 ? {} : { "xs:sequence": { "xs:element": elements } }), ...words };
  }

  function attribute(
    key: string,
    given: unknown,
    { path, isRequired }: { readonly path: readonly string[]; readonly isRequired: boolean },
  ): Element {
    const type = typeOf(resolve(schemaIn(given), path), path);
    if ("xs:complexType" in type) throw fault(path, "an attribute is no map");
    return { "@name": key, ...(isRequired ? { "@use": "required" } : {}), ...type };
  }

  /** The schema of the items of a list, also of what is one item or a list of them. */
  function listItem(given: Schema, path: readonly string[]): Schema | undefined {
    const part = resolve(given, path);
    if (part["type"] === "array") return schemaIn(part["items"]);
    const ways = Array.isArray(part["anyOf"]) ? (part["anyOf"] as readonly unknown[]) : [];
    const list = ways.find((way) => isRecord(way) && way["type"] === "array");
    return ways.length === 2 && isRecord(list) ? schemaIn(list["items"]) : undefined;
  }

  function resolve(given: Schema, path: readonly string[]): JsonSchema {
    if (typeof given === "boolean") throw fault(path, "anything goes here, and an XML Schema needs a type");
    const { $ref: reference } = given;
    if (typeof reference !== "string") return withoutNull(given);
    const [, kind = "", name = ""] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) ?? [];
    const all = isRecord(root) ? root[kind] : undefined;
    const found = isRecord(all) ? all[name] : undefined;
    if (!isRecord(found)) throw fault(path, `${reference} leads nowhere in this schema`);
    return withoutNull(found);
  }
}

/** What may be null is an element that may be left out. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const { type, anyOf } = schema;
  if (Array.isArray(type)) {
    const rest = (type as readonly unknown[]).filter((one) => one !== "null");
    return rest.length === 1 ? { ...schema, type: rest[0] } : schema;
  }
  if (!Array.isArray(anyOf)) return schema;
  const ways = (anyOf as readonly unknown[]).filter((way) => isRecord(way) && way["type"] !== "null" && way["const"] !== "");
  return ways.length === 1 && isRecord(ways[0]) ? ways[0] : schema;
}

function enumeration(
  values: readonly unknown[],
  { path, base = "xs:string" }: { readonly path: readonly string[]; readonly base?: string | undefined },
): Element {
  if (values.some((value) => typeof value === "object")) throw fault(path, "values that are maps, lists or null cannot be texts");
  return { "xs:restriction": { "@base": base, "xs:enumeration": values.map((value) => ({ "@value": String(value) })) } };
}

function isMap(schema: JsonSchema): boolean {
  return schema["type"] === "object" || (schema["type"] === undefined && isRecord(schema["properties"]));
}

function nameOf(title: unknown): string {
  if (typeof title === "string" && NAME.test(title)) return title;
  throw formatInvalid("the root element of the XML Schema has no name", {
    hint: "give the JSON Schema a title, or the format the option root",
  });
}

function schemaIn(value: unknown): Schema {
  return typeof value === "boolean" || isRecord(value) ? value : true;
}

function fault(path: readonly string[], reason: string): Error {
  return formatInvalid(`the JSON Schema cannot be written as XML Schema${path.length === 0 ? "" : `, at ${path.join(".")}`}: ${reason}`);
}
