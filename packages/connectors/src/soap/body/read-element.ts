import { isTrue } from "../schema/declarations.ts";
import type { ComplexType, ElementDeclaration, SchemaModel, SimpleType, Type } from "../schema/schema-model.ts";
import { slotsOf, wildcardKey, type Slots } from "../schema/slots.ts";
import { XSD, XSI, attributeOf, clark, resolveName, textOf, type XmlElement } from "../xml/xml-element.ts";
import { readAnything } from "./anything.ts";
import { readSimple } from "./simple-values.ts";

type Fields = Record<string, unknown>;

/**
 * The data of an element that is known to be valid: a map of `@attribute` and elements by name, a list where the schema lets one occur again; a
 * value where the type is one of text alone. What is nil is null.
 */
export function readElement(element: XmlElement, { type, default: standard }: ElementDeclaration, model: SchemaModel): unknown {
  if (type.kind === "simple" && element.attributes.length === 0) return readText(element, type, standard);
  const named = attributeOf(element, "type", XSI);
  const actual = (named === undefined ? undefined : typeNamed(named, element, model)) ?? type;
  const isNil = isTrue(attributeOf(element, "nil", XSI)?.trim());
  if (actual.kind === "simple") return isNil ? null : readText(element, actual, standard);
  if (actual.name?.namespace === XSD) return isNil ? null : readAnything(element);
  const fields: Fields = {};
  if (actual !== type && actual.name !== undefined) fields["@xsi:type"] = actual.name.name;
  readAttributes(element, actual, fields);
  if (isNil) return Object.keys(fields).length === 0 ? null : { ...fields, "@xsi:nil": true };
  if (actual.text !== undefined) {
    const value = readText(element, actual.text, standard);
    return slotsOf(actual).attributesByName.size === 0 && !actual.isOpen && Object.keys(fields).length === 0
      ? value
      : { ...fields, "#text": value };
  }
  readContent(element, actual, { fields, model });
  return fields;
}

function typeNamed(text: string, element: XmlElement, model: SchemaModel): Type | undefined {
  const name = resolveName(text, element.scope);
  return name === undefined ? undefined : model.type(name);
}

function readText(element: XmlElement, type: SimpleType, standard: string | undefined): unknown {
  const text = textOf(element);
  return readSimple(text === "" && standard !== undefined ? standard : text, type, element.scope);
}

function readAttributes(element: XmlElement, type: ComplexType, fields: Fields): void {
  const { attributesByName } = slotsOf(type);
  if (attributesByName.size === 0 && element.attributes.length === 0) return;
  for (const attribute of element.attributes) {
    if (attribute.namespace === XSI) continue;
    const known = attributesByName.get(clark(attribute));
    if (known !== undefined) put(fields, known.key, readSimple(attribute.value, known.use.type, element.scope));
    else put(fields, `@${clark(attribute)}`, attribute.value);
  }
  for (const { key, use } of attributesByName.values()) {
    const standard = use.default ?? use.fixed;
    if (standard !== undefined && !Object.hasOwn(fields, key)) put(fields, key, readSimple(standard, use.type, element.scope));
  }
}

interface Reading {
  readonly fields: Fields;
  readonly model: SchemaModel;
}

function readContent(element: XmlElement, type: ComplexType, { fields, model }: Reading): void {
  const slots = slotsOf(type);
  const isMixed = type.isMixed && element.nodes.some((node) => typeof node === "string" && node.trim() !== "");
  const content: unknown[] = [];
  for (const node of element.nodes) {
    if (typeof node === "string") {
      if (isMixed) content.push(node);
      continue;
    }
    const { key, value, isList } = readChild(node, slots, model);
    if (isMixed) content.push(put({}, key, value));
    else if (isList) append(fields, key, value);
    else if (Object.hasOwn(fields, key)) appendAgain(fields, key, value);
    else put(fields, key, value);
  }
  if (isMixed) fields["#content"] = content;
}

function readChild(node: XmlElement, slots: Slots, model: SchemaModel) {
  const slot = slots.slotOf(node);
  if (slot !== undefined) return { key: slot.key, value: readElement(node, slot.element, model), isList: slot.isList };
  const declared = model.element(node);
  const key = wildcardKey(node, slots);
  // Of an element that no schema declares its namespace is kept with it.
  return { key, value: declared === undefined ? readAnything(node, "") : readElement(node, declared, model), isList: false };
}

/** Elements of a wildcard become a list where one occurs again. */
function appendAgain(fields: Fields, key: string, value: unknown): void {
  const before = fields[key];
  put(fields, key, Array.isArray(before) ? [...(before as readonly unknown[]), value] : [before, value]);
}

function append(fields: Fields, key: string, value: unknown): void {
  const list = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (Array.isArray(list)) list.push(value);
  else put(fields, key, [value]);
}

function put(fields: Fields, key: string, value: unknown): Fields {
  // Assigned, this name would set the prototype.
  if (key === "__proto__") Object.defineProperty(fields, key, { value, enumerable: true, configurable: true, writable: true });
  else fields[key] = value;
  return fields;
}
