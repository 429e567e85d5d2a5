import { isRecord } from "@portolan/core";
import { describeSchema, isReferring, type Described, type Field, type SchemaPlace, type Shape } from "./shape.ts";
import type { SimpleType } from "./simple-type.ts";
import { isXmlName, xmlNameOf } from "./xml-name.ts";

/** An element of a schema document, as data of the format `xml`. */
export type XmlData = Readonly<Record<string, unknown>>;

/** Some processors make one state for each element that may come. */
const MAX_COUNT = 1000;

/** What a record has beside its named fields: pairs under this name, each with these two. */
export const ENTRY = { element: "entry", key: "key", value: "value" } as const;

/** In a list of lists the inner ones are elements with these in them. */
export const ITEM = "item";

/** The types of one schema document. Contracts that are the same make one type, however many messages have it. */
export interface SchemaTypes {
  /** The content of a type without a name, such as that of a message's element. */
  recordContent(shape: RecordShape): XmlData;
  /** The types that have a name, in the order in which they were asked for. */
  named(): { readonly complex: readonly XmlData[]; readonly simple: readonly XmlData[] };
}

export type RecordShape = Extract<Shape, { kind: "record" }>;

/** A type without its name. */
interface Type {
  readonly "xs:complexType"?: XmlData;
  readonly "xs:simpleType"?: XmlData;
}

/** `patterns`: whether the patterns of texts are written. */
export function createSchemaTypes({ patterns }: { readonly patterns: boolean }): SchemaTypes {
  const byContent = new Map<string, string>();
  const types = new Map<string, Type>();

  const elementOfField = (field: Field): XmlData => {
    const { place, isRequired } = field;
    const described = describeSchema(place);
    const { shape } = described;
    if (shape.kind !== "list")
      return elementOf(xmlNameOf(field.name), described, { place, occurs: isRequired ? {} : { "@minOccurs": "0" } });
    const item = describeSchema(shape.item);
    const occurs = occurrences(isRequired && !described.isNullable ? shape.minItems : 0, shape.maxItems);
    // Items of a list that is referred to may hold that list.
    const called = item.name ?? (isReferring(place.schema) ? capital(field.name) : undefined);
    const words = { ...item, name: called, description: described.description ?? item.description };
    return elementOf(xmlNameOf(field.name), words, { place: shape.item, occurs });
  };

  const elementOf = (
    name: string,
    described: Described,
    { place, occurs }: { readonly place: SchemaPlace; readonly occurs: XmlData },
  ): XmlData => ({
    "@name": name,
    ...occurs,
    ...(described.isNullable ? { "@nillable": "true" } : {}),
    ...typeOf(described, place, name),
  });

  const typeOf = (described: Described, place: SchemaPlace, element: string): XmlData => {
    const { shape, description } = described;
    switch (shape.kind) {
      case "json":
        return { "@type": "xs:string", ...words(description === undefined ? "JSON" : `${description} (JSON)`) };
      case "simple":
        return simpleOf(shape.types, described);
      case "list":
        return complexOf(described, { place, element }, () =>
          sequenceOf([{ "xs:element": elementOfField({ name: ITEM, place, isRequired: true }) }]),
        );
      case "record":
        return complexOf(described, { place, element }, () => recordContent(shape));
      default:
        return shape satisfies never;
    }
  };

  /** A type that may be within itself has a name, that of its element if the contract gives it none. */
  const complexOf = (
    { name: given, description }: Described,
    { place, element }: { readonly place: SchemaPlace; readonly element: string },
    content: () => XmlData,
  ): XmlData => {
    const wanted = given ?? (isReferring(place.schema) ? capital(element) : undefined);
    const name = typeName(wanted, place, () => ({ "xs:complexType": content() }));
    return name === undefined ? { ...words(description), "xs:complexType": content() } : { "@type": name, ...words(description) };
  };

  const simpleOf = (given: readonly SimpleType[], described: Described): XmlData => {
    const simple = patterns ? given : given.map(withoutPattern);
    const [only] = simple;
    if (simple.length === 1 && only !== undefined && only.facets.length === 0)
      return { "@type": only.base, ...words(described.description) };
    const content = simpleContent(simple);
    const isListed = simple.every(({ facets }) => facets.some(([name]) => name === "xs:enumeration"));
    const name = isListed ? typeName(described.name, simple, () => ({ "xs:simpleType": content })) : undefined;
    return name === undefined
      ? { ...words(described.description), "xs:simpleType": content }
      : { "@type": name, ...words(described.description) };
  };

  /** The name of the type, if it is to have one; two types of one name are told apart by a number. */
  const typeName = (given: string | undefined, content: unknown, make: () => Type): string | undefined => {
    const wanted = (given ?? "").replaceAll(/[^\p{L}\p{N}_.-]+(.)?/gu, (_, next: string | undefined) => next?.toUpperCase() ?? "");
    if (wanted === "") return undefined;
    const key = `${wanted} ${contentKey(content)}`;
    const known = byContent.get(key);
    if (known !== undefined) return `tns:${known}`;
    const base = xmlNameOf(wanted);
    let name = base;
    for (let count = 2; types.has(name); count++) name = `${base}${count}`;
    byContent.set(key, name);
    // It is known before its content is: that may hold it.
    types.set(name, {});
    types.set(name, make());
    return `tns:${name}`;
  };

  const recordContent = ({ fields, ways, others }: RecordShape): XmlData => {
    const attributes = fields.filter((field) => isAttribute(field));
    const text = fields.find(({ name }) => name === "#text");
    if (text !== undefined && attributes.length === fields.length - 1 && ways.length === 0 && others === undefined) {
      const { shape } = describeSchema(text.place);
      if (shape.kind === "simple")
        return { "xs:simpleContent": { "xs:extension": { "@base": shape.types[0]?.base, ...attributesOf(attributes) } } };
    }
    const particles: XmlData[] = fields
      .filter((field) => !attributes.includes(field))
      .map((field) => ({ "xs:element": elementOfField(field) }));
    if (ways.length > 0) {
      particles.push({
        "xs:choice": contentOfParticles(
          ways.map((way) => ({ "xs:sequence": contentOfParticles(way.map((field) => ({ "xs:element": elementOfField(field) }))) })),
        ),
      });
    }
    if (others !== undefined) particles.push({ "xs:element": entryElement(entryName(fields), others) });
    return { ...sequenceOf(particles), ...attributesOf(attributes) };
  };

  const entryElement = (name: string, value: SchemaPlace): XmlData => ({
    "@name": name,
    ...occurrences(0, Infinity),
    "xs:complexType": sequenceOf(entryFields(value).map((field) => ({ "xs:element": elementOfField(field) }))),
  });

  const attributesOf = (fields: readonly Field[]): XmlData =>
    fields.length === 0
      ? {}
      : {
          "xs:attribute": fields.map(({ name, place, isRequired }) => ({
            "@name": name.slice(1),
            ...(isRequired ? { "@use": "required" } : {}),
            ...typeOf(describeSchema(place), place, name),
          })),
        };

  return {
    recordContent,
    named() {
      const of = (tag: keyof Type) =>
        [...types].flatMap(([name, type]) => (type[tag] === undefined ? [] : [{ "@name": name, ...type[tag] }]));
      return { complex: of("xs:complexType"), simple: of("xs:simpleType") };
    },
  };
}

/** A field that is an attribute, as in the data of the format `xml`. */
export function isAttribute({ name, place }: Field): boolean {
  if (!name.startsWith("@") || !isXmlName(name.slice(1))) return false;
  const { shape, isNullable } = describeSchema(place);
  return shape.kind === "simple" && !isNullable;
}

/** The element of the fields without names: another one if a field is called so. */
export function entryName(fields: readonly Field[]): string {
  let name: string = ENTRY.element;
  while (fields.some((field) => xmlNameOf(field.name) === name)) name += "_";
  return name;
}

export function entryFields(value: SchemaPlace): readonly Field[] {
  return [
    { name: ENTRY.key, place: { schema: { type: "string" }, root: true }, isRequired: true },
    { name: ENTRY.value, place: value, isRequired: true },
  ];
}

function simpleContent(types: readonly SimpleType[]): XmlData {
  const [only] = types;
  if (types.length === 1 && only !== undefined) return restriction(only);
  const plain = types.filter(({ facets }) => facets.length === 0);
  const narrow = types.filter(({ facets }) => facets.length > 0);
  return {
    "xs:union": {
      ...(plain.length === 0 ? {} : { "@memberTypes": plain.map(({ base }) => base).join(" ") }),
      ...(narrow.length === 0 ? {} : { "xs:simpleType": narrow.map(restriction) }),
    },
  };
}

function withoutPattern(type: SimpleType): SimpleType {
  return { ...type, facets: type.facets.filter(([name]) => name !== "xs:pattern") };
}

function restriction({ base, facets }: SimpleType): XmlData {
  const byName = new Map<string, XmlData[]>();
  for (const [name, value] of facets) byName.set(name, [...(byName.get(name) ?? []), { "@value": value }]);
  return { "xs:restriction": { "@base": base, ...Object.fromEntries(byName) } };
}

function occurrences(minItems: number, maxItems: number): XmlData {
  const least = Math.min(minItems, MAX_COUNT);
  return {
    ...(least === 1 ? {} : { "@minOccurs": String(least) }),
    "@maxOccurs": maxItems > MAX_COUNT ? "unbounded" : String(maxItems),
  };
}

function sequenceOf(particles: readonly XmlData[]): XmlData {
  return { "xs:sequence": contentOfParticles(particles) };
}

/** Elements of several kinds in their order. */
function contentOfParticles(particles: readonly XmlData[]): XmlData {
  const tags = new Set(particles.flatMap((particle) => Object.keys(particle)));
  const [tag] = tags;
  if (tag === undefined) return {};
  return tags.size === 1 ? { [tag]: particles.map((particle) => particle[tag]) } : { "#content": particles };
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function words(description: string | undefined): XmlData {
  return description === undefined ? {} : { "xs:annotation": { "xs:documentation": description } };
}

/** What makes two types the same: the schema, and what its references lead to. */
function contentKey(content: unknown): string {
  const place = isRecord(content) ? content : {};
  const text = JSON.stringify("schema" in place ? place["schema"] : content);
  return text.includes('"$ref"') ? text + JSON.stringify(place["root"]) : text;
}
