import type { JsonSchema } from "@portolan/core";
import { formatInvalid } from "../format-invalid.ts";
import { simpleTypeSchema, valueSchema } from "./simple-types.ts";
import type { SchemaElement } from "./schema-tree.ts";

type Schema = JsonSchema | boolean;

/** What a declaration is looked up in. */
interface Declarations {
  find(kind: string, name: string | undefined): SchemaElement | undefined;
  /** A reference to the schema of a named complex type, which is made once. */
  typeReference(name: string): Schema | undefined;
}

/**
 * The JSON Schema of the data that the format `xml` reads of documents that a schema describes: texts, `@attributes`, and elements by name without
 * prefix, a list where one may occur again. What the schema says with wildcards, substitution or types of other documents may be anything.
 */
export function jsonSchemaOfXsd(schema: SchemaElement): JsonSchema {
  const definitions = new Map<string, Schema>();
  const declarations: Declarations = {
    find: (kind, name) => schema.children.find((child) => child.kind === kind && child.attributes["name"] === localName(name)),
    typeReference(name) {
      const type = this.find("complexType", name);
      const key = localName(name) ?? "";
      if (type === undefined) return undefined;
      if (!definitions.has(key)) {
        // It is known before its content is: that may contain it.
        definitions.set(key, true);
        definitions.set(key, complexType(type, this));
      }
      return { $ref: `#/$defs/${key}` };
    },
  };
  const roots = schema.children
    .filter(({ kind, attributes }) => kind === "element" && attributes["name"] !== undefined)
    .map((root) => ({
      type: "object",
      properties: { [root.attributes["name"] ?? ""]: elementSchema(root, declarations) },
      required: [root.attributes["name"]],
      additionalProperties: false,
    }));
  const [only = {}] = roots;
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...(roots.length === 1 ? only : { anyOf: roots }),
    ...(definitions.size === 0 ? {} : { $defs: Object.fromEntries(definitions) }),
  };
}

function elementSchema(element: SchemaElement, declarations: Declarations): Schema {
  const { ref, type, nillable } = element.attributes;
  if (ref !== undefined) {
    const target = declarations.find("element", ref);
    return target === undefined ? true : elementSchema(target, declarations);
  }
  const complex = element.children.find(({ kind }) => kind === "complexType");
  const simple = element.children.find(({ kind }) => kind === "simpleType");
  const schema =
    complex !== undefined
      ? complexType(complex, declarations)
      : simple !== undefined
        ? simpleTypeSchema(simple, declarations.find)
        : typeSchema(type, declarations);
  // An element that is nil has an attribute, and may lack all that it must have otherwise.
  return nillable === "true" || nillable === "1" ? true : schema;
}

/** An element without a type may hold anything. */
function typeSchema(type: string | undefined, declarations: Declarations): Schema {
  if (type === undefined) return true;
  return declarations.typeReference(type) ?? valueSchema(type, declarations.find);
}

interface Content {
  readonly properties: Map<string, Schema>;
  readonly required: Set<string>;
  isOpen: boolean;
}

function complexType(type: SchemaElement, declarations: Declarations): Schema {
  if (type.attributes["mixed"] === "true") return true;
  const content: Content = { properties: new Map(), required: new Set(), isOpen: false };
  const text = collect(type, content, { declarations, isOptional: false, isRepeated: false });
  const hasFields = content.properties.size > 0;
  // An element of text alone is a text; so is one without anything in it.
  if (!hasFields && !content.isOpen) return text ?? { const: "" };
  if (text !== undefined) content.properties.set("#text", text);
  const schema = {
    type: "object",
    properties: Object.fromEntries(content.properties),
    required: [...content.required],
    additionalProperties: content.isOpen,
  };
  if (text === undefined) return content.required.size > 0 ? schema : { anyOf: [schema, { const: "" }] };
  return [...content.required].length > 0 ? schema : { anyOf: [schema, text] };
}

interface Within {
  readonly declarations: Declarations;
  readonly isOptional: boolean;
  readonly isRepeated: boolean;
}

/** Puts what stands in a type or a group into its content; answers the schema of its text, if it has any. */
function collect(holder: SchemaElement, content: Content, within: Within): Schema | undefined {
  const { declarations } = within;
  let text: Schema | undefined;
  for (const child of holder.children) {
    switch (child.kind) {
      case "element":
        addElement(child, content, within);
        break;
      case "sequence":
      case "all":
      case "choice":
        collect(child, content, occurrence(child, within));
        break;
      case "group": {
        const group = declarations.find("group", child.attributes["ref"]);
        if (group === undefined) content.isOpen = true;
        else collect(group, content, occurrence(child, within));
        break;
      }
      case "attribute":
        addAttribute(child, content, declarations);
        break;
      case "attributeGroup": {
        const group = declarations.find("attributeGroup", child.attributes["ref"]);
        if (group !== undefined) collect(group, content, within);
        break;
      }
      case "any":
      case "anyAttribute":
        content.isOpen = true;
        break;
      case "simpleContent":
      case "complexContent":
        text = extended(child, content, within) ?? text;
        break;
      default:
    }
  }
  return text;
}

function occurrence({ kind, attributes }: SchemaElement, within: Within): Within {
  const { minOccurs = "1", maxOccurs = "1" } = attributes;
  return {
    ...within,
    isOptional: within.isOptional || kind === "choice" || minOccurs === "0",
    isRepeated: within.isRepeated || isMany(maxOccurs),
  };
}

function extended(holder: SchemaElement, content: Content, within: Within): Schema | undefined {
  const [derivation] = holder.children;
  if (derivation === undefined) return undefined;
  const { declarations } = within;
  const { base } = derivation.attributes;
  const parent = declarations.find("complexType", base);
  // A restriction repeats what it keeps of the content.
  const inherited =
    parent === undefined || (derivation.kind === "restriction" && holder.kind === "complexContent")
      ? undefined
      : collect(parent, content, within);
  collect(derivation, content, within);
  if (holder.kind === "complexContent") return inherited;
  return inherited ?? (base === undefined ? true : valueSchema(base, declarations.find));
}

function addElement(element: SchemaElement, content: Content, within: Within): void {
  const name = element.attributes["name"] ?? localName(element.attributes["ref"]);
  if (name === undefined) throw formatInvalid("an element of the XML Schema has neither a name nor a ref");
  const { minOccurs = "1", maxOccurs = "1" } = element.attributes;
  if (maxOccurs === "0") return;
  const item = elementSchema(element, within.declarations);
  // One that occurs once is no list, though it might occur again.
  const schema =
    isMany(maxOccurs) || within.isRepeated || content.properties.has(name) ? { anyOf: [item, { type: "array", items: item }] } : item;
  content.properties.set(name, schema);
  if (minOccurs !== "0" && !within.isOptional) content.required.add(name);
}

function addAttribute({ attributes, children }: SchemaElement, content: Content, declarations: Declarations): void {
  const { name, ref, type, use, fixed } = attributes;
  const key = name ?? localName(ref);
  if (key === undefined) throw formatInvalid("an attribute of the XML Schema has neither a name nor a ref");
  if (use === "prohibited") return;
  const [simple] = children;
  const schema = simple === undefined ? valueSchema(type ?? "xs:string", declarations.find) : simpleTypeSchema(simple, declarations.find);
  content.properties.set(`@${key}`, fixed === undefined ? schema : { const: fixed });
  if (use === "required") content.required.add(`@${key}`);
}

function isMany(maxOccurs: string): boolean {
  return maxOccurs === "unbounded" || Number(maxOccurs) > 1;
}

function localName(name: string | undefined): string | undefined {
  return name?.replace(/^.*:/, "");
}
