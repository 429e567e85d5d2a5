import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { JsonSchema } from "@portolan/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { mutationsOf } from "./mutations.ts";
import { valuesOf } from "./schema-values.ts";

function validator(schema: object) {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

const ORDER = {
  type: "object",
  additionalProperties: false,
  required: ["customer", "lines"],
  properties: {
    customer: { type: "string", minLength: 1, maxLength: 20 },
    lines: { type: "array", minItems: 1, items: { $ref: "#/$defs/Line" } },
    state: { enum: ["open", "done"] },
    made: { type: "string", readOnly: true },
  },
  $defs: {
    Line: {
      type: "object",
      required: ["sku"],
      properties: { sku: { type: "string", pattern: "^[A-Z]{3}-\\d+$" }, qty: { type: "integer", minimum: 1, maximum: 99 } },
    },
  },
};

test.each<readonly [string, JsonSchema]>([
  ["an object with lists, patterns and limits", ORDER],
  ["whole numbers in steps", { type: "integer", exclusiveMinimum: 3, maximum: 50, multipleOf: 7 }],
  ["numbers between limits that are not reached", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }],
  ["prices", { type: "number", minimum: 0, maximum: 100, multipleOf: 0.5 }],
  ["lists without repetition", { type: "array", uniqueItems: true, minItems: 2, maxItems: 3, items: { enum: [1, 2, 3] } }],
  ["tuples", { type: "array", prefixItems: [{ type: "string" }, { type: "boolean" }], items: false, minItems: 2 }],
  ["maps", { type: "object", additionalProperties: { type: "integer" }, minProperties: 2 }],
  // Data of JSON have the methods of objects, which validators call.
  [
    "lists of maps without repetition",
    { type: "array", uniqueItems: true, minItems: 2, items: { type: "object", properties: { a: { type: "integer" } } } },
  ],
  ["maps by pattern", { type: "object", patternProperties: { "^x-[a-z]+$": { type: "boolean" } }, additionalProperties: false }],
  [
    "what is put together",
    {
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { properties: { a: { maxLength: 3 }, b: { type: "null" } }, required: ["b"] },
      ],
    },
  ],
  [
    "alternatives",
    {
      oneOf: [
        { type: "object", required: ["kind"], properties: { kind: { const: "a" } } },
        { type: "string", format: "date" },
      ],
    },
  ],
  [
    "what contains itself",
    {
      $ref: "#/$defs/Tree",
      $defs: {
        Tree: {
          type: "object",
          required: ["name"],
          properties: { name: { type: "string" }, parts: { type: "array", items: { $ref: "#/$defs/Tree" } } },
        },
      },
    },
  ],
  ["several types", { type: ["integer", "null"], minimum: 5 }],
  ["anything", {}],
  ...[
    "date",
    "date-time",
    "time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
    "uri",
    "uri-reference",
    "uri-template",
    "json-pointer",
    "regex",
    "byte",
  ].map((format) => [format, { type: "string", format }] as const),
])("values of %s follow the schema", (_what, schema) => {
  const validate = validator(schema);
  const wrong = fc.sample(valuesOf(schema), { numRuns: 300, seed: 7 }).filter((value) => !validate(value));
  expect(wrong).toEqual([]);
});

test("what is read-only is left out of requests", () => {
  const made = fc.sample(valuesOf(ORDER), { numRuns: 200, seed: 7 });
  expect(made.filter((value) => Object.hasOwn(value as object, "made"))).toEqual([]);
});

test("changes of a value name everything that its schema says, and break it", () => {
  const validate = validator(ORDER);
  const value = { customer: "ada", lines: [{ sku: "ABC-1", qty: 2 }], state: "open" };
  const mutations = mutationsOf(value, ORDER);
  expect(mutations.filter((one) => validate(one.value)).map(({ words }) => words)).toEqual([]);
  expect(mutations.map(({ kind, words }) => `${kind}: ${words}`)).toEqual(
    expect.arrayContaining([
      "missing: customer is missing",
      "missing: lines[].sku is missing",
      "wrong type: lines is null in place of array",
      'wrong type: lines[].qty is "not of this type" in place of integer',
      "out of range: lines[].qty is 0, beyond the minimum 1",
      "out of range: lines[].qty is 100, beyond the maximum 99",
      "out of range: customer is shorter than 1",
      "out of range: customer is longer than 20",
      "out of range: lines has fewer than 1 items",
      'out of range: state is "open_not_listed", which is none of the values listed',
      'out of range: lines[].sku is "", which does not match ^[A-Z]{3}-\\d+$',
      "not allowed: notInTheSchema is not allowed",
    ]),
  );
});
