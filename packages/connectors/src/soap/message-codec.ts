import { PortolanError, type Finding } from "@portolan/core";
import { XmlLibError, type ErrorDetail } from "libxml2-wasm";
import { readElement } from "./body/read-element.ts";
import { createElementWriter } from "./body/write-element.ts";
import type { ElementCheck } from "./check/element-check.ts";
import { compileMessageCheck } from "./check/message-check.ts";
import { ENVELOPES, writeEnvelope, type Envelope } from "./envelope.ts";
import type { ElementDeclaration, Type } from "./schema/schema-model.ts";
import { slotsOf } from "./schema/slots.ts";
import type { MessageShape, ServiceSchemas, SoapVersion } from "./wsdl/service-model.ts";
import { parseText, parseXml, type ParsedXml } from "./xml/parse-xml.ts";
import { readPlainTree } from "./xml/read-plain.ts";
import { readTree } from "./xml/read-tree.ts";
import { writeTree } from "./xml/write-tree.ts";
import { childElements, clark, type XmlElement } from "./xml/xml-element.ts";

/** The data of a message: its body, and its header blocks by their names. */
export interface MessageData {
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Messages of one shape as data and back, checked against the schema both ways. */
export interface MessageCodec {
  /** Throws PORTOLAN_CONTRACT_FAILED with what is wrong. */
  read(parsed: ParsedXml, envelope: Envelope): MessageData;
  /** The envelope as a text. Throws PORTOLAN_CONTRACT_FAILED with what is wrong. */
  write(version: SoapVersion, data: MessageData, options?: WriteOptions): string;
}

export interface WriteOptions {
  /** Header blocks that are written already. */
  readonly extra?: string | undefined;
  /** What is written in place of bytes, which are given as base64. */
  readonly attach?: ((base64: string) => string) | undefined;
}

export function createMessageCodec(shape: MessageShape, schemas: ServiceSchemas): MessageCodec {
  const { model } = schemas;
  // Made for the first message: large documents have many shapes that nobody sends.
  let check: ElementCheck | undefined;
  const isSurelyValid: ElementCheck = (root) => (check ??= compileMessageCheck(shape))(root);
  const prefixes = prefixesOf(shape);
  const [only] = shape.body;
  const hasOne = shape.body.length === 1;

  const bodyOf = ({ body }: Envelope): unknown => {
    if (only === undefined) return null;
    const [first] = body;
    if (hasOne) return first === undefined ? null : readElement(first, only, model);
    return Object.fromEntries(
      shape.body.flatMap((one, index) => (body[index] === undefined ? [] : [[one.name, readElement(body[index], one, model)]])),
    );
  };
  const writeBody = (body: unknown, writer: ReturnType<typeof createElementWriter>): string => {
    if (only === undefined) return "";
    if (hasOne) return writer.element(only, body);
    const parts: Readonly<Record<string, unknown>> = typeof body === "object" && body !== null ? { ...body } : {};
    return shape.body.map((one) => writer.element(one, parts[one.name])).join("");
  };

  return {
    read(parsed, envelope) {
      checkBody(envelope, shape);
      if (!parsed.isPlain || !isSurelyValid(parsed.tree)) validate(parsed, schemas, shape);
      return {
        body: bodyOf(envelope),
        headers: Object.fromEntries(
          envelope.headers.flatMap((block) => {
            const known = shape.headers.find((one) => clark(one) === clark(block));
            if (known === undefined) return [];
            checkBlock(block, schemas);
            return [[known.name, readElement(plainBlock(block), known, model)]];
          }),
        ),
      };
    },
    write(version, { body, headers }, { extra = "", attach } = {}) {
      const writer = createElementWriter(model, { prefixes, attach });
      const blocks = shape.headers.map((one) => (Object.hasOwn(headers, one.name) ? writer.element(one, headers[one.name]) : "")).join("");
      const content = writeBody(body, writer);
      const text = writeEnvelope(version, { headers: extra + blocks, body: content, declarations: writer.declarations() });
      const plain = readPlainTree(text);
      if (plain === undefined || !isSurelyValid(plain)) checkText(text, schemas, shape);
      return text;
    },
  };
}

/** Short prefixes for the namespaces of a message, so that they need not be made up for each. */
function prefixesOf({ body, headers }: MessageShape): ReadonlyMap<string, string> {
  const namespaces = new Set([...body, ...headers].map(({ namespace }) => namespace).filter(Boolean));
  return new Map([...namespaces].map((namespace, index) => [namespace, index === 0 ? "tns" : `n${index}`]));
}

function checkBody({ body }: Envelope, shape: MessageShape): void {
  const expected = shape.body.map(clark);
  const found = body.map(clark);
  if (expected.length === found.length && expected.every((name, index) => name === found[index])) return;
  const words = (names: readonly string[]) => (names.length === 0 ? "nothing" : names.join(", "));
  throw breach([{ path: "", message: `expected ${words(expected)} in the body, found ${words(found)}` }]);
}

/** A header block by itself: SOAP's attributes are none of its schema. */
function plainBlock(block: XmlElement): XmlElement {
  return {
    ...block,
    attributes: block.attributes.filter(({ namespace }) => namespace !== ENVELOPES["1.1"] && namespace !== ENVELOPES["1.2"]),
  };
}

function checkBlock(block: XmlElement, { validator }: ServiceSchemas): void {
  using parsed = parseXml(Buffer.from(writeTree(plainBlock(block))));
  try {
    validator.validate(parsed.document);
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    throw breach(error.details.map(({ message }) => ({ path: `header.${block.name}`, message: message.trim() })));
  }
}

function validate(parsed: ParsedXml, { validator }: ServiceSchemas, shape: MessageShape): void {
  try {
    validator.validate(parsed.document);
  } catch (error) {
    throw asBreach(error, () => parsed.tree, shape);
  }
}

/** What was written is not read back: its tree is made only to say where something is wrong. */
function checkText(text: string, { validator }: ServiceSchemas, shape: MessageShape): void {
  using document = parseText(text);
  try {
    validator.validate(document);
  } catch (error) {
    throw asBreach(error, () => readTree(text), shape);
  }
}

function asBreach(error: unknown, tree: () => XmlElement, shape: MessageShape): unknown {
  if (!(error instanceof XmlLibError)) return error;
  const root = tree();
  return breach(error.details.map((detail) => ({ path: pathOf(detail, root, shape), message: detail.message.trim() })));
}

function breach(findings: readonly Finding[]): PortolanError {
  const [first] = findings;
  return new PortolanError("PORTOLAN_CONTRACT_FAILED", `${first?.path || "the message"}: ${first?.message ?? "is not accepted"}`, {
    findings,
  });
}

/** libxml2's path to an element of the envelope, in which names may be `*`, as that of the data. */
function pathOf({ xpath = "" }: ErrorDetail, root: XmlElement, { body }: MessageShape): string {
  const path: (string | number)[] = [];
  let element: XmlElement | undefined = root;
  let type: Type | undefined;
  for (const [depth, step] of xpath.split("/").slice(2).entries()) {
    const found: XmlElement | undefined = element === undefined ? undefined : childAt(element, step);
    if (found === undefined) break;
    // The first two are the envelope's own.
    if (depth === 1 && element?.name === "Body") {
      const declaration = body.find((one) => clark(one) === clark(found));
      type = declaration?.type;
      if (body.length > 1) path.push(found.name);
    } else if (depth > 0) {
      const slot: { key: string; isList: boolean; element: ElementDeclaration } | undefined =
        type?.kind === "complex" ? slotsOf(type).slotOf(found) : undefined;
      path.push(slot?.key ?? found.name);
      if (slot?.isList === true && element !== undefined)
        path.push(
          childElements(element)
            .filter((one) => clark(one) === clark(found))
            .indexOf(found),
        );
      type = slot?.element.type;
    }
    element = found;
  }
  return path.join(".");
}

function childAt(element: XmlElement, step: string): XmlElement | undefined {
  const [, name = step, index = "1"] = /^(.*?)(?:\[(\d+)\])?$/.exec(step) ?? [];
  const local = name.slice(name.indexOf(":") + 1);
  const prefix = name.includes(":") ? name.slice(0, name.indexOf(":")) : "";
  const children = childElements(element).filter((one) => name === "*" || (one.name === local && one.prefix === prefix));
  return children[Number(index) - 1];
}
