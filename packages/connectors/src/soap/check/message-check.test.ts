import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { PortolanError } from "@portolan/core";
import { createSeededRandom } from "@portolan/testkit";
import { XmlLibError } from "libxml2-wasm";
import { describe, expect, test } from "vitest";
import { readLocalFile } from "../app-service.ts";
import { readWsdl } from "../wsdl/read-wsdl.ts";
import type { MessageShape, ServiceSchemas } from "../wsdl/service-model.ts";
import { parseText } from "../xml/parse-xml.ts";
import { readPlainTree } from "../xml/read-plain.ts";
import { readTree } from "../xml/read-tree.ts";
import { createMessageMaker } from "./messages.test.support.ts";
import { compileMessageCheck } from "./message-check.ts";

interface Verdicts {
  messages: number;
  /** Those that libxml2 accepts, and of them those that were surely valid. */
  valid: number;
  sure: number;
}

/** Messages of a shape, right and wrong ones, of which none must be taken that libxml2 refuses, or be read as another one. */
function compare(shape: MessageShape, { validator }: ServiceSchemas, { times, seed }: { times: number; seed: number }): Verdicts {
  const isSurelyValid = compileMessageCheck(shape);
  const maker = createMessageMaker(createSeededRandom(seed));
  const verdicts = { messages: 0, valid: 0, sure: 0 };
  for (let time = 0; time < times; time++) {
    let text = maker.message(shape);
    for (let change = 0; change < 3; change++) {
      const plain = readPlainTree(text);
      const isSure = plain !== undefined && isSurelyValid(plain);
      const reason = refusal(text, validator);
      if (plain !== undefined) {
        expect(`${reason?.wellFormed ?? "well-formed"}: ${text}`).toBe(`well-formed: ${text}`);
        expect(plain).toEqual(readTree(text));
      }
      if (isSure) expect(`${reason?.invalid ?? "valid"}: ${text}`).toBe(`valid: ${text}`);
      verdicts.messages += 1;
      if (reason === undefined) verdicts.valid += 1;
      if (isSure) verdicts.sure += 1;
      text = maker.changed(text);
    }
  }
  return verdicts;
}

/** Why libxml2 refuses a document. */
function refusal(text: string, validator: ServiceSchemas["validator"]) {
  // Undefined for a document that is accepted.
  let document;
  try {
    if (text.includes("<!DOCTYPE")) return { wellFormed: "has a DOCTYPE" };
    document = parseText(text);
  } catch (error) {
    if (error instanceof PortolanError) return { wellFormed: error.message };
    throw error;
  }
  try {
    validator.validate(document);
    return undefined;
  } catch (error) {
    if (error instanceof XmlLibError) return { invalid: error.message };
    throw error;
  } finally {
    document.dispose();
  }
}

/** More of them, to look for longer. */
const SCALE = Number(process.env["SOAP_MESSAGES"] ?? 1);
const SEED = Number(process.env["SOAP_SEED"] ?? 0);

const suite = fileURLToPath(new URL("../../../../../../shared/suites/wsdl/", import.meta.url));
const files = existsSync(suite)
  ? readdirSync(suite, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(?:wsdl|txt)$/i.test(name))
      .toSorted()
  : [];
// oxlint-disable-next-line no-console -- a suite that is not there is said aloud
if (files.length === 0) console.warn(`no WSDL suite at ${suite}: its messages are not compared`);

describe.runIf(files.length > 0)("the WSDL suite", () => {
  test("no message is taken that libxml2 refuses, and most that it accepts are", () => {
    const all = { messages: 0, valid: 0, sure: 0 };
    for (const [index, name] of files.entries()) {
      let service;
      try {
        service = readWsdl(path.join(suite, name), readLocalFile);
      } catch (error) {
        if (error instanceof PortolanError) continue;
        throw error;
      }
      for (const { input, output, schemas } of service.operations) {
        for (const shape of [input, output]) {
          if (shape === undefined) continue;
          const found = compare(shape, schemas, { times: 12 * SCALE, seed: SEED + index });
          all.messages += found.messages;
          all.valid += found.valid;
          all.sure += found.sure;
        }
      }
    }
    expect(all.messages).toBeGreaterThan(3000 * SCALE);
    expect(all.sure).toBeGreaterThan(all.valid / 2);
  }, 60_000);
});

const simple = (base: string, facets: string) =>
  `<xs:simpleType><xs:restriction base="xs:${base}">${facets}</xs:restriction></xs:simpleType>`;
const facet = (name: string, value: string | number) => `<xs:${name} value="${value}"/>`;
const sequence = (...items: readonly string[]) => `<xs:complexType><xs:sequence>${items.join("")}</xs:sequence></xs:complexType>`;

/** Types of values by their names. */
const BUILT_IN = [
  ..."string normalizedString token boolean decimal integer int long short byte positiveInteger nonNegativeInteger negativeInteger".split(
    " ",
  ),
  ..."nonPositiveInteger unsignedInt unsignedLong unsignedShort unsignedByte double float date dateTime time".split(" "),
  ..."base64Binary hexBinary anyURI NMTOKEN NCName Name".split(" "),
];
/** Types that have facets. */
const RESTRICTED = [
  simple("string", facet("pattern", "[A-Z]-[0-9]+")),
  simple("string", facet("pattern", String.raw`\d{1,3}(\.\d{2})?`)),
  simple("token", facet("pattern", String.raw`[a-zA-Z0-9._-]{2,8}`)),
  simple("string", facet("pattern", String.raw`[^a-y ]*`)),
  simple("string", facet("pattern", "(a|b|abc)[^x]?.*")),
  simple("string", facet("pattern", String.raw`\w+\s?\w*`)),
  simple("string", facet("length", 3)),
  simple("string", facet("minLength", 2) + facet("maxLength", 5)),
  simple("token", facet("minLength", 1)),
  simple("string", facet("minLength", 1) + facet("whiteSpace", "collapse")),
  simple("string", facet("whiteSpace", "replace")),
  simple("string", facet("enumeration", "abc") + facet("enumeration", "a b") + facet("enumeration", "")),
  simple("int", facet("enumeration", "7") + facet("enumeration", "-1")),
  simple("NMTOKEN", facet("enumeration", "abc") + facet("enumeration", "A-1")),
  simple("int", facet("minInclusive", 1) + facet("maxExclusive", 128)),
  simple("decimal", facet("minExclusive", 0) + facet("maxInclusive", "1234567890.5")),
  simple("decimal", facet("totalDigits", 5) + facet("fractionDigits", 2)),
  simple("long", facet("totalDigits", 10)),
  simple("decimal", facet("minInclusive", "-1.5")),
];
const value = (type: string, name: string, more = "") =>
  type.startsWith("<")
    ? `<xs:element name="${name}" ${more}>${type}</xs:element>`
    : `<xs:element name="${name}" type="xs:${type}" ${more}/>`;
/** What stands in others. */
const CONTENTS = [
  sequence(
    value("int", "a", 'minOccurs="0"'),
    value("string", "b", 'maxOccurs="3"'),
    value("int", "c", 'minOccurs="2" maxOccurs="unbounded"'),
  ),
  sequence(`<xs:choice>${value("int", "a")}${value("string", "b")}</xs:choice>`, value("int", "c")),
  sequence(`<xs:choice minOccurs="0" maxOccurs="unbounded">${value("int", "a")}${value("string", "b", 'maxOccurs="2"')}</xs:choice>`),
  sequence(
    `<xs:choice><xs:sequence>${value("int", "a", 'minOccurs="0"')}${value("int", "b")}</xs:sequence>${value("int", "c")}</xs:choice>`,
  ),
  sequence(`<xs:sequence minOccurs="0">${value("int", "a")}${value("int", "b", 'minOccurs="0"')}</xs:sequence>`, value("int", "c")),
  `<xs:complexType><xs:all>${value("int", "a")}${value("int", "b", 'minOccurs="0"')}${value("int", "c")}</xs:all></xs:complexType>`,
  '<xs:complexType><xs:attribute name="a" type="xs:int" use="required"/><xs:attribute name="b" type="xs:boolean" default="true"/></xs:complexType>',
  '<xs:complexType><xs:simpleContent><xs:extension base="xs:decimal"><xs:attribute name="a"/><xs:attribute name="b" type="xs:date"/></xs:extension></xs:simpleContent></xs:complexType>',
];
/** What is left to libxml2. */
const LEFT = [
  `<xs:complexType><xs:sequence minOccurs="0" maxOccurs="unbounded">${value("int", "a")}${value("int", "b", 'minOccurs="0"')}</xs:sequence></xs:complexType>`,
  `<xs:complexType><xs:all minOccurs="0">${value("int", "a")}${value("int", "b")}</xs:all></xs:complexType>`,
  '<xs:complexType><xs:sequence/><xs:attribute name="a" type="xs:string" fixed="x"/></xs:complexType>',
  '<xs:complexType mixed="true"><xs:sequence><xs:element name="a" minOccurs="0"/></xs:sequence></xs:complexType>',
  sequence(value("int", "a"), '<xs:any namespace="##other" minOccurs="0" processContents="lax"/>'),
  simple("string", facet("pattern", "a+b")) + '<xs:key name="k"><xs:selector xpath="a"/><xs:field xpath="."/></xs:key>',
  '<xs:simpleType><xs:list itemType="xs:int"/></xs:simpleType>',
  '<xs:simpleType><xs:union memberTypes="xs:int xs:date"/></xs:simpleType>',
  `<xs:simpleType><xs:restriction>${simple("string", facet("pattern", "a.*"))}<xs:pattern value=".*b"/></xs:restriction></xs:simpleType>`,
];

function shapeOf(content: string) {
  const wsdl = `<wsdl:definitions targetNamespace="urn:t" xmlns:t="urn:t" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <wsdl:types><xs:schema targetNamespace="urn:t" elementFormDefault="qualified"><xs:element name="In">${content}</xs:element></xs:schema></wsdl:types>
  <wsdl:message name="in"><wsdl:part name="in" element="t:In"/></wsdl:message>
  <wsdl:portType name="P"><wsdl:operation name="Do"><wsdl:input message="t:in"/></wsdl:operation></wsdl:portType></wsdl:definitions>`;
  const [operation] = readWsdl("a.wsdl", () => Buffer.from(wsdl)).operations;
  if (operation === undefined) throw new Error("there is no operation");
  return operation;
}

test.each([...BUILT_IN, ...RESTRICTED].map((type, index) => [type, index] as const))("values of %s", (type, seed) => {
  const { input, schemas } = shapeOf(sequence(value(type, "v", 'nillable="true"')));
  const { sure } = compare(input, schemas, { times: 60 * SCALE, seed: SEED + seed });
  expect(sure).toBeGreaterThan(0);
});

test.each([...CONTENTS, ...LEFT].map((content, index) => [content, index] as const))("content %s", (content, seed) => {
  const { input, schemas } = shapeOf(sequence(`<xs:element name="v" maxOccurs="2">${content}</xs:element>`));
  const { valid, sure } = compare(input, schemas, { times: 60 * SCALE, seed: SEED + seed });
  expect(valid).toBeGreaterThan(0);
  expect(sure > 0).toBe(CONTENTS.includes(content));
});
