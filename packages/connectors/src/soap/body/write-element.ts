import { describeValue, isRecord, listNames } from "@portolan/core";
import type { AttributeUse, ComplexType, ElementDeclaration, SchemaModel, SimpleType, Type } from "../schema/schema-model.ts";
import { slotsOf } from "../schema/slots.ts";
import { escapeAttribute, escapeText } from "../xml/write-tree.ts";
import { XSD, XSI, clark } from "../xml/xml-element.ts";
import { listOf, nameOfKey, wrapped, writeAnything } from "./anything.ts";
import { writeParticle, type Content, type ParticleWriter } from "./particles.ts";
import { writeSimple } from "./simple-values.ts";
import { createXmlWriter, type XmlWriter } from "./xml-writer.ts";

/** Writes the elements of one document. */
export interface ElementWriter {
  /**
   * Writes data as an element, in the order of its schema. Throws PORTOLAN_CONTRACT_FAILED where the data have no place in the schema; whether values
   * are right, and all there, is for the validator to say.
   */
  element(declaration: ElementDeclaration, value: unknown): string;
  /** The declarations of the prefixes that were needed, for the root. */
  declarations(): string;
}

export interface ElementWriterOptions {
  /** Those to be used for namespaces. */
  readonly prefixes: ReadonlyMap<string, string>;
  /** What is written in place of the bytes of an element, which are given as base64. */
  readonly attach?: ((base64: string) => string) | undefined;
}

export function createElementWriter(model: SchemaModel, { prefixes, attach }: ElementWriterOptions): ElementWriter {
  const writer = createXmlWriter(prefixes);
  const context: WriteContext = {
    model,
    writer,
    attach,
    path: writer.path,
    element: (declaration, value) => writeElement(declaration, value, context),
    other: (key, value) => writeUndeclared(key, value, context),
    namespaceOf: (key, value) => {
      if (isRecord(value) && typeof value["@xmlns"] === "string") return value["@xmlns"];
      return (declarationOf(key, value, model) ?? nameOfKey(key)).namespace;
    },
  };
  return { element: context.element, declarations: writer.declarations };
}

interface WriteContext extends ParticleWriter {
  readonly model: SchemaModel;
  readonly writer: XmlWriter;
  readonly attach: ElementWriterOptions["attach"];
}

type Fields = Readonly<Record<string, unknown>>;

function writeElement(element: ElementDeclaration, value: unknown, context: WriteContext): string {
  const { writer } = context;
  const tag = writer.tag(element);
  if (value === null && element.isNillable) return `<${tag} ${nil(writer)}/>`;
  const type = actualType(element, value, context);
  if (type.kind === "simple") return wrapped(tag, "", contentText(value, type, context));
  if (type.name?.namespace === XSD) return writeAnything(element, value, writer);
  const fields = fieldsOf(value, type, writer);
  const attributes = writeAttributes(fields, type, writer) + typeAttribute(type, element.type, writer);
  if (fields["@xsi:nil"] === true) return `<${tag}${attributes} ${nil(writer)}/>`;
  return wrapped(tag, attributes, writeContent(fields, type, context));
}

function nil(writer: XmlWriter): string {
  return `${writer.tag({ namespace: XSI, name: "nil" })}="true"`;
}

/** The type that the data say they are of, where it is not that of the element. */
function actualType({ type }: ElementDeclaration, value: unknown, { model, writer }: WriteContext): Type {
  const named = isRecord(value) ? value["@xsi:type"] : undefined;
  const isAbstract = type.kind === "complex" && type.isAbstract;
  if (named === undefined && !isAbstract) return type;
  const derived = model.derived(type);
  const found = [type, ...derived].find(({ name }) => name !== undefined && (name.name === named || clark(name) === named));
  if (found !== undefined) return found;
  const names = listNames(derived.map(({ name }) => name?.name ?? ""));
  throw writer.fault(`expected "@xsi:type" to name the type that is meant (${names || "there is none"}), found ${describeValue(named)}`);
}

function typeAttribute({ name }: ComplexType, declared: Type, writer: XmlWriter): string {
  if (name === undefined || name === declared.name) return "";
  return ` ${writer.tag({ namespace: XSI, name: "type" })}="${writer.tag(name)}"`;
}

/** The properties of a value; one without properties is what stands in the text. */
function fieldsOf(value: unknown, type: ComplexType, writer: XmlWriter): Fields {
  if (isRecord(value)) return value;
  if (value === null || value === undefined) return {};
  if (type.text !== undefined) return { "#text": value };
  if (type.isMixed && !Array.isArray(value)) return { "#content": [value] };
  throw writer.fault(`expected a map, found ${describeValue(value)}`);
}

const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{3}=|[A-Za-z\d+/]{2}==)?$/;

/** The text of an element. */
function contentText(value: unknown, type: SimpleType, { writer, attach }: WriteContext): string {
  const text = simpleText(value, type, writer);
  if (type.variety !== "atomic" || type.builtIn !== "base64Binary") return escapeText(text);
  // libxml2 lets other characters pass.
  if (!BASE64.test(text.replaceAll(/[ \t\r\n]+/g, ""))) throw writer.fault("expected base64, or bytes");
  // Where the number of bytes is limited the schema has to see them.
  const isFree = Object.keys(type.facets.values).every((facet) => facet === "whiteSpace");
  return attach === undefined || text === "" || !isFree ? text : attach(text);
}

function simpleText(value: unknown, type: SimpleType, writer: XmlWriter): string {
  if (value === null || value === undefined) return "";
  const text = writeSimple(value, type, writer.prefixOf);
  if (text === undefined) throw writer.fault(`expected a value of xs:${type.builtIn}, found ${describeValue(value)}`);
  return writer.text(text);
}

function writeAttributes(fields: Fields, type: ComplexType, writer: XmlWriter): string {
  let written = "";
  const { attributesByKey } = slotsOf(type);
  for (const key in fields) {
    const value = fields[key];
    if (!key.startsWith("@") || value === undefined || value === null || key === "@xsi:type" || key === "@xsi:nil") continue;
    const use: Pick<AttributeUse, "namespace" | "name" | "type"> | undefined = attributesByKey.get(key);
    if (use === undefined && !type.isOpen) throw unknown(key, [...attributesByKey.keys()], writer);
    writer.path.push(key);
    const text = use === undefined ? String(value) : simpleText(value, use.type, writer);
    written += ` ${writer.tag(use ?? nameOfKey(key.slice(1)))}="${escapeAttribute(writer.text(text))}"`;
    writer.path.pop();
  }
  return written;
}

function writeContent(fields: Fields, type: ComplexType, context: WriteContext): string {
  const { writer } = context;
  if (type.text !== undefined) return contentText(fields["#text"], type.text, context);
  const ordered = fields["#content"];
  if (ordered !== undefined)
    return listOf(ordered)
      .map((piece) => (isRecord(piece) ? ofPiece(piece, type, context) : escapeText(writer.text(String(piece)))))
      .join("");
  const content = contentOf(fields, type, writer);
  if (type.content === undefined || content === undefined) return "";
  return writeParticle(type.content, content, context);
}

/** One element of `#content`, whose order is that of the data. */
function ofPiece(piece: Fields, type: ComplexType, context: WriteContext): string {
  const { byKey, hasAny } = slotsOf(type);
  return Object.entries(piece)
    .map(([key, value]) => {
      const slot = byKey.get(key);
      if (slot !== undefined) return writeElement(slot.element, value, context);
      if (!hasAny) throw unknown(key, [...byKey.keys()], context.writer);
      return writeUndeclared(key, value, context);
    })
    .join("");
}

/** The elements that the data have, by the keys of their slots. */
function contentOf(fields: Fields, type: ComplexType, writer: XmlWriter): Content | undefined {
  const { byKey, hasAny } = slotsOf(type);
  const known = new Map<string, { readonly values: readonly unknown[]; next: number }>();
  const others: [string, unknown][] = [];
  for (const key in fields) {
    const value = fields[key];
    if (value === undefined || key.startsWith("@")) continue;
    const slot = byKey.get(key);
    if (slot === undefined) {
      if (!hasAny) throw unknown(key, [...byKey.keys()], writer);
      for (const one of listOf(value)) others.push([key, one]);
      continue;
    }
    if (value === null && !slot.element.isNillable) continue;
    if (Array.isArray(value) && !slot.isList && !isListType(slot.element.type)) {
      writer.path.push(key);
      throw writer.fault("expected one value, found a list");
    }
    const values: readonly unknown[] = Array.isArray(value) && slot.isList ? value : [value];
    if (values.length > 0) known.set(key, { values, next: 0 });
  }
  return known.size === 0 && others.length === 0 ? undefined : { slots: slotsOf(type), known, others };
}

function isListType(type: Type): boolean {
  return type.kind === "simple" ? type.variety !== "atomic" : type.name?.namespace === XSD || type.text?.variety === "list";
}

/** An element of a wildcard: by its declaration if there is one, else as it is. */
function writeUndeclared(key: string, value: unknown, context: WriteContext): string {
  const declared = declarationOf(key, value, context.model);
  return declared === undefined ? writeAnything(nameOfKey(key), value, context.writer) : writeElement(declared, value, context);
}

function declarationOf(key: string, value: unknown, model: SchemaModel): ElementDeclaration | undefined {
  if (isRecord(value) && "@xmlns" in value) return undefined;
  return key.startsWith("{") ? model.element(nameOfKey(key)) : model.elementNamed(key);
}

function unknown(key: string, expected: readonly string[], writer: XmlWriter): Error {
  return writer.fault(
    `${JSON.stringify(key)} has no place here, expected ${expected.length === 0 ? "nothing" : listNames(expected.slice(0, 20))}`,
  );
}
