import fc from "fast-check";
import { ParseOption, XmlDocument, XsdValidator } from "libxml2-wasm";
import { describe, expect, test } from "vitest";
import { isRecord } from "@portolan/core";
import { createFormat, xmlFormat } from "@portolan/formats";
import { writeServiceDocument, writeServiceSchema, type GeneratedOperation } from "./service-document.ts";

type Schema = Readonly<Record<string, unknown>> | boolean;

const service = (...operations: readonly GeneratedOperation[]) => ({
  name: "Shop",
  namespace: "urn:shop",
  address: "http://localhost:8080/soap",
  operations,
});
const operation = (input: Schema | undefined, output?: Schema): GeneratedOperation => ({ name: "Run", input, output });

/** libxml2 says whether a schema is valid XML Schema 1.0; answers its data. */
function schemaOf(...operations: readonly GeneratedOperation[]): Readonly<Record<string, unknown>> {
  const text = writeServiceSchema(service(...operations));
  using document = XmlDocument.fromString(text, { option: ParseOption.XML_PARSE_NONET });
  using validator = XsdValidator.fromDoc(document);
  expect(validator).toBeDefined();
  const data = createFormat(xmlFormat, { lists: ["xs:element", "xs:complexType", "xs:simpleType"] }).decode(Buffer.from(text));
  const schema = isRecord(data) ? data["xs:schema"] : undefined;
  return isRecord(schema) ? schema : {};
}

/** The elements of the request whose contract has these properties. */
function fieldsOf(schema: Schema): unknown {
  const content = createFormat(xmlFormat, { declaration: false });
  const { "xs:element": [request] = [] } = schemaOf(operation(schema)) as { "xs:element"?: readonly Readonly<Record<string, unknown>>[] };
  return Buffer.from(content.encode({ request }))
    .toString()
    .replaceAll(/<(\/?)xs:/g, "<$1")
    .replace(/^<request name="Run"><complexType>(.*)<\/complexType><\/request>$/, "$1");
}

const one = (schema: Schema, required: readonly string[] = ["a"]) => fieldsOf({ type: "object", properties: { a: schema }, required });

describe("a contract as XML Schema", () => {
  test.each<[string, Schema, string]>([
    ["a text", { type: "string" }, '<element name="a" type="xs:string"/>'],
    [
      "a text of limits",
      { type: "string", minLength: 1, maxLength: 3 },
      '<element name="a"><simpleType><restriction base="xs:string"><minLength value="1"/><maxLength value="3"/></restriction></simpleType></element>',
    ],
    [
      "a text of a pattern",
      { type: "string", pattern: "^A\\d$" },
      '<element name="a"><simpleType><restriction base="xs:string"><pattern value="A[0-9]"/></restriction></simpleType></element>',
    ],
    ["a text of a pattern that XML cannot say", { type: "string", pattern: "^(?!a)" }, '<element name="a" type="xs:string"/>'],
    ["a date", { type: "string", format: "date", pattern: "^x" }, '<element name="a" type="xs:date"/>'],
    ["a date and time", { type: "string", format: "date-time" }, '<element name="a" type="xs:dateTime"/>'],
    ["a time", { type: "string", format: "time" }, '<element name="a" type="xs:time"/>'],
    ["a duration", { type: "string", format: "duration" }, '<element name="a" type="xs:duration"/>'],
    ["a URI", { type: "string", format: "uri" }, '<element name="a" type="xs:anyURI"/>'],
    ["bytes", { type: "string", contentEncoding: "base64" }, '<element name="a" type="xs:base64Binary"/>'],
    ["another format", { type: "string", format: "email" }, '<element name="a" type="xs:string"/>'],
    ["a whole number", { type: "integer" }, '<element name="a" type="xs:long"/>'],
    ["a whole number of 32 bits", { type: "integer", format: "int32" }, '<element name="a" type="xs:int"/>'],
    [
      "a whole number of limits",
      { type: "integer", minimum: 0.5, exclusiveMaximum: 10 },
      '<element name="a"><simpleType><restriction base="xs:int"><minInclusive value="1"/><maxInclusive value="9"/></restriction></simpleType></element>',
    ],
    [
      "a whole number of 64 bits",
      { type: "integer", minimum: 0, maximum: 2 ** 63 - 1 },
      '<element name="a"><simpleType><restriction base="xs:long"><minInclusive value="0"/></restriction></simpleType></element>',
    ],
    [
      "a larger whole number",
      { type: "integer", maximum: 1e20 },
      '<element name="a"><simpleType><restriction base="xs:integer"><maxInclusive value="100000000000000000000"/></restriction></simpleType></element>',
    ],
    ["a number", { type: "number" }, '<element name="a" type="xs:double"/>'],
    [
      "a number of limits",
      { type: "number", exclusiveMinimum: 0, minimum: 0, maximum: 0.5 },
      '<element name="a"><simpleType><restriction base="xs:double"><minExclusive value="0"/><maxInclusive value="0.5"/></restriction></simpleType></element>',
    ],
    ["a truth", { type: "boolean" }, '<element name="a" type="xs:boolean"/>'],
    [
      "an enumeration",
      { enum: ["x", "y"] },
      '<element name="a"><simpleType><restriction base="xs:string"><enumeration value="x"/><enumeration value="y"/></restriction></simpleType></element>',
    ],
    [
      "numbers to choose from",
      { enum: [1, 2] },
      '<element name="a"><simpleType><restriction base="xs:long"><enumeration value="1"/><enumeration value="2"/></restriction></simpleType></element>',
    ],
    [
      "one value",
      { const: "x" },
      '<element name="a"><simpleType><restriction base="xs:string"><enumeration value="x"/></restriction></simpleType></element>',
    ],
    [
      "alternatives that are values",
      { anyOf: [{ const: "x" }, { const: "y" }] },
      '<element name="a"><simpleType><restriction base="xs:string"><enumeration value="x"/><enumeration value="y"/></restriction></simpleType></element>',
    ],
    [
      "one of values, or null",
      { enum: ["x", null] },
      '<element name="a" nillable="true"><simpleType><restriction base="xs:string"><enumeration value="x"/></restriction></simpleType></element>',
    ],
    ["a text or null", { type: ["string", "null"] }, '<element name="a" nillable="true" type="xs:string"/>'],
    [
      "a number or null, as zod says it",
      { anyOf: [{ type: "number" }, { type: "null" }] },
      '<element name="a" nillable="true" type="xs:double"/>',
    ],
    ["null", { type: "null" }, '<element name="a" nillable="true" type="xs:string"/>'],
    [
      "a text or a number",
      { type: ["string", "number"] },
      '<element name="a"><simpleType><union memberTypes="xs:double xs:string"/></simpleType></element>',
    ],
    ["a whole number or any number", { anyOf: [{ type: "integer" }, { type: "number" }] }, '<element name="a" type="xs:double"/>'],
    ["a list", { type: "array", items: { type: "number" } }, '<element name="a" minOccurs="0" maxOccurs="unbounded" type="xs:double"/>'],
    [
      "a list of limits",
      { type: "array", items: { type: "string" }, minItems: 2, maxItems: 4 },
      '<element name="a" minOccurs="2" maxOccurs="4" type="xs:string"/>',
    ],
    [
      "one or a list",
      { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] },
      '<element name="a" minOccurs="0" maxOccurs="unbounded" type="xs:string"/>',
    ],
    [
      "a list of texts or null",
      { type: "array", minItems: 1, items: { type: ["string", "null"] } },
      '<element name="a" maxOccurs="unbounded" nillable="true" type="xs:string"/>',
    ],
    [
      "a list of lists",
      { type: "array", items: { type: "array", items: { type: "boolean" } } },
      '<element name="a" minOccurs="0" maxOccurs="unbounded"><complexType><sequence><element name="item" minOccurs="0" maxOccurs="unbounded" type="xs:boolean"/></sequence></complexType></element>',
    ],
    [
      "an object",
      { type: "object", properties: { b: { type: "string" } } },
      '<element name="a"><complexType><sequence><element name="b" minOccurs="0" type="xs:string"/></sequence></complexType></element>',
    ],
    [
      "a map",
      { type: "object", additionalProperties: { type: "number" } },
      '<element name="a"><complexType><sequence><element name="entry" minOccurs="0" maxOccurs="unbounded"><complexType><sequence><element name="key" type="xs:string"/><element name="value" type="xs:double"/></sequence></complexType></element></sequence></complexType></element>',
    ],
    [
      "parts put together",
      {
        allOf: [
          { type: "object", properties: { b: { type: "string" } } },
          { properties: { c: { type: "boolean" } }, required: ["c"] },
        ],
      },
      '<element name="a"><complexType><sequence><element name="b" minOccurs="0" type="xs:string"/><element name="c" type="xs:boolean"/></sequence></complexType></element>',
    ],
    ["anything", true, '<element name="a" type="xs:string"><annotation><documentation>JSON</documentation></annotation></element>'],
    [
      "places of a list",
      { type: "array", prefixItems: [{ type: "string" }] },
      '<element name="a" type="xs:string"><annotation><documentation>JSON</documentation></annotation></element>',
    ],
    [
      "words",
      { type: "string", description: "How it is & why" },
      '<element name="a" type="xs:string"><annotation><documentation>How it is &amp; why</documentation></annotation></element>',
    ],
    [
      "attributes and a text",
      { type: "object", properties: { "@id": { type: "integer" }, "#text": { type: "string" } }, required: ["@id"] },
      '<element name="a"><complexType><simpleContent><extension base="xs:string"><attribute name="id" use="required" type="xs:long"/></extension></simpleContent></complexType></element>',
    ],
  ])("%s", (_title, schema, expected) => {
    expect(one(schema)).toBe(`<sequence>${expected}</sequence>`);
  });

  test("alternatives that share no field are a choice, behind what all of them have", () => {
    const ways = [{ card: { type: "string" } }, { iban: { type: "string" } }].map((properties) => ({
      type: "object",
      properties: { kind: { const: Object.keys(properties)[0] }, ...properties },
      required: ["kind", ...Object.keys(properties)],
    }));
    expect(one({ oneOf: ways })).toBe(
      '<sequence><element name="a"><complexType><sequence>' +
        '<element name="kind"><simpleType><restriction base="xs:string"><enumeration value="card"/><enumeration value="iban"/></restriction></simpleType></element>' +
        '<choice><sequence><element name="card" type="xs:string"/></sequence><sequence><element name="iban" type="xs:string"/></sequence></choice>' +
        "</sequence></complexType></element></sequence>",
    );
  });

  test("other alternatives are one type with the fields of all", () => {
    const ways = [
      { type: "object", properties: { id: { type: "string" }, total: { type: "number" } }, required: ["id", "total"] },
      { type: "object", properties: { id: { type: "string" }, total: { type: "string" } }, required: ["id"] },
    ];
    expect(fieldsOf({ anyOf: ways })).toBe(
      '<sequence><element name="id" type="xs:string"/><element name="total" minOccurs="0"><simpleType><union memberTypes="xs:double xs:string"/></simpleType></element></sequence>',
    );
  });

  test("names that XML does not have are escaped", () => {
    const names = ["first name", "1st", "a:b", "größe", "_x0020_", "", "@type:x"];
    const properties = Object.fromEntries(names.map((name) => [name, { type: "string" }]));
    const written = String(fieldsOf({ type: "object", properties, required: names })).matchAll(/name="([^"]*)"/g);
    expect(Array.from(written, ([, name]) => name)).toEqual([
      "first_x0020_name",
      "_x0031_st",
      "a_x003A_b",
      "größe",
      "_x005F_x0020_",
      "_x_",
      "_x0040_type_x003A_x",
    ]);
  });

  test("types have the names of the contract, once, also where they hold themselves or two differ", () => {
    const tree = {
      type: "object",
      title: "Tree node",
      properties: { next: { $ref: "#" }, leaf: { $ref: "#/$defs/Leaf" } },
      $defs: { Leaf: { enum: ["a"] } },
    };
    const other = { type: "object", properties: { leaf: { $ref: "#/$defs/Leaf" } }, $defs: { Leaf: { enum: ["b"] } } };
    const {
      "xs:element": elements,
      "xs:complexType": complex,
      "xs:simpleType": simple,
    } = schemaOf(operation(tree, tree), { name: "Again", input: other, output: tree });
    expect((elements as readonly Readonly<Record<string, unknown>>[]).map((element) => element["@name"])).toEqual([
      "Run",
      "RunResponse",
      "Again",
      "AgainResponse",
    ]);
    expect((complex as readonly Readonly<Record<string, unknown>>[]).map((type) => type["@name"])).toEqual(["TreeNode"]);
    expect((simple as readonly Readonly<Record<string, unknown>>[]).map((type) => type["@name"])).toEqual(["Leaf", "Leaf2"]);
  });

  test("what is no object is one element; without a contract a request is empty, and a reply is JSON", () => {
    const { "xs:element": elements } = schemaOf(operation({ type: "array", items: { type: "string" } }, { type: "number" }), {
      name: "Ping",
      input: undefined,
      output: undefined,
    });
    expect(JSON.stringify(elements)).toBe(
      JSON.stringify([
        {
          "@name": "Run",
          "xs:complexType": [
            { "xs:sequence": { "xs:element": [{ "@name": "value", "@minOccurs": "0", "@maxOccurs": "unbounded", "@type": "xs:string" }] } },
          ],
        },
        { "@name": "RunResponse", "xs:complexType": [{ "xs:sequence": { "xs:element": [{ "@name": "result", "@type": "xs:double" }] } }] },
        { "@name": "Ping", "xs:complexType": [{ "xs:sequence": "" }] },
        {
          "@name": "PingResponse",
          "xs:complexType": [
            {
              "xs:sequence": {
                "xs:element": [{ "@name": "result", "@type": "xs:string", "xs:annotation": { "xs:documentation": "JSON" } }],
              },
            },
          ],
        },
      ]),
    );
  });

  test("whatever the contract, the schema is valid", () => {
    const property = fc.property(schemas, schemas, (input, output) => {
      expect(schemaOf(operation(input, output))["@targetNamespace"]).toBe("urn:shop");
    });
    fc.assert(property, { numRuns: 300 });
  });
});

test("the description has both bindings, an action for each operation, and no reply of one that nobody waits for", () => {
  const text = writeServiceDocument(
    service({ ...operation(true), description: "Runs." }, { name: "Tell", input: true, output: undefined, isOneWay: true }),
  );
  expect(text).toContain('<soap:operation soapAction="urn:shop:ShopPortType:RunRequest"/>');
  expect(text).toContain('<soap12:operation soapAction="urn:shop:ShopPortType:TellRequest"/>');
  expect(text).toContain('<soap12:address location="http://localhost:8080/soap"/>');
  expect(text).toContain("<wsdl:documentation>Runs.</wsdl:documentation>");
  expect(text).not.toContain("TellResponse");
});

const names = fc.constantFrom("a", "b", "first name", "@id", "#text", "entry", "key", "ß", "__proto__");
const limits = fc.record(
  { minimum: fc.integer(), exclusiveMaximum: fc.double({ noNaN: true, noDefaultInfinity: true }), maximum: fc.maxSafeInteger() },
  { requiredKeys: [] },
);
const { schema: schemas } = fc.letrec<{ schema: Schema }>((tie) => {
  const anyOf = fc.array(tie("schema"), { minLength: 1, maxLength: 3 });
  return {
    schema: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom<Schema>(
        true,
        { type: "boolean" },
        { type: "null" },
        { type: "string", format: "date" },
        { $ref: "#" },
        { const: 5 },
        {},
      ),
      fc.record(
        { type: fc.constantFrom("string"), minLength: fc.nat(), pattern: fc.constantFrom("^a+$", "b", "^[x-z]|\\w$", "(?=x)") },
        { requiredKeys: ["type"] },
      ),
      fc
        .tuple(fc.constantFrom("integer", "number"), limits)
        .filter(
          ([, { minimum = -Infinity, maximum = Infinity, exclusiveMaximum = Infinity }]) =>
            minimum < Math.min(maximum, exclusiveMaximum) - 1,
        )
        .map(([type, rest]) => ({ type, ...rest })),
      fc
        .record({ enum: fc.uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.boolean()), { minLength: 1 }) })
        .filter(({ enum: values }) => !values.some((value) => typeof value === "string" && /[^ -~]/.test(value))),
      fc.record({ type: fc.constant("array"), items: tie("schema"), minItems: fc.nat(5) }, { requiredKeys: ["type"] }),
      fc.record(
        {
          type: fc.constant("object"),
          title: fc.constantFrom("One", "Two words"),
          properties: fc.dictionary(names, tie("schema")),
          required: fc.uniqueArray(names),
          additionalProperties: tie("schema"),
        },
        { requiredKeys: ["type"] },
      ),
      fc.record({ anyOf }),
      fc.record({ oneOf: anyOf, type: fc.constant("object") }),
      fc.record({ allOf: anyOf }),
    ),
  };
});
