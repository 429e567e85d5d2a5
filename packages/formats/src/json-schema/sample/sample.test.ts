import { describe, expect, test } from "vitest";
import { createContracts } from "../../index.ts";
import { sampleSchema, type SampleOptions } from "./sample.ts";

type Schema = Parameters<typeof sampleSchema>[0];

function acceptance(schema: Schema): SampleOptions["accepts"] {
  const check = createContracts({ directory: "." }).compile({ jsonSchema: schema });
  return (value) => {
    const result = check.check(value);
    return !(result instanceof Promise) && "body" in result;
  };
}

function sample(schema: Schema, options: Partial<SampleOptions> = {}): unknown {
  return sampleSchema(schema, { accepts: acceptance(schema), ...options })?.value;
}

describe("a sample is a value of its schema", () => {
  const node = { type: "object", properties: { next: { $ref: "#/$defs/node" }, name: { type: "string" } }, required: ["name"] };
  test.each<[string, Schema]>([
    ["anything", true],
    ["texts with lengths", { type: "string", minLength: 30, maxLength: 31 }],
    ["a short text", { type: "string", maxLength: 2 }],
    ["a pattern", { type: "string", pattern: "^[A-Z]{3}-\\d{2,4}(?:/(a|bc))?\\.[^\\s.]+$" }],
    ["a pattern with lengths", { type: "string", pattern: "^[a-f0-9]+$", minLength: 32, maxLength: 32 }],
    ["a pattern that refers back", { type: "string", pattern: "^(?<q>['\"])\\p{Lu}+\\k<q>$" }],
    ["a pattern without Unicode", { type: "string", pattern: "^\\_\\-[\\w\\-]$" }],
    ["a format", { type: "string", format: "uuid" }],
    ["a format of another pattern", { type: "string", format: "uri", pattern: "^https://" }],
    ["numbers", { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 0.01 }],
    ["multiples", { type: "integer", multipleOf: 7, minimum: 8, maximum: 15 }],
    ["multiples of parts", { type: "number", multipleOf: 0.1, minimum: 0.25 }],
    ["numbers below zero", { type: "integer", maximum: -5 }],
    ["enums", { enum: ["a", "b"], type: "string" }],
    ["a type that may be null", { type: ["null", "integer"] }],
    ["lists", { type: "array", items: { type: "string", format: "email" }, minItems: 3, uniqueItems: true }],
    ["tuples", { prefixItems: [{ type: "string" }, { type: "integer" }], items: false, minItems: 2 }],
    ["contains", { type: "array", contains: { const: 7 }, minContains: 2 }],
    [
      "maps of whatever names",
      { type: "object", patternProperties: { "^x-[a-z]$": { type: "integer" } }, additionalProperties: false, minProperties: 3 },
    ],
    ["names", { type: "object", propertyNames: { pattern: "^[A-Z]{2}$" }, additionalProperties: { type: "boolean" }, minProperties: 2 }],
    ["required without a description", { required: ["a", "b"] }],
    ["what needs another", { properties: { a: {}, b: {} }, required: ["a"], dependentRequired: { a: ["c"] } }],
    [
      "all of several",
      {
        allOf: [{ $ref: "#/$defs/node" }, { properties: { name: { minLength: 12 }, id: { type: "integer" } }, required: ["id"] }],
        $defs: { node },
      },
    ],
    [
      "one of several",
      { oneOf: [{ required: ["a"] }, { required: ["b"] }], properties: { a: { type: "string" }, b: { type: "integer" } } },
    ],
    ["one that excludes another", { type: "object", properties: { a: {}, b: {} }, not: { required: ["b"] } }],
    [
      "a condition",
      { type: "object", properties: { k: { enum: ["x", "y"] } }, required: ["k"], if: { properties: { k: { const: "x" } } }, else: false },
    ],
    ["a schema that contains itself", { $ref: "#/$defs/node", $defs: { node } }],
    [
      "one that must contain itself, or end",
      {
        $ref: "#/$defs/tree",
        $defs: { tree: { oneOf: [{ type: "object", properties: { l: { $ref: "#/$defs/tree" } }, required: ["l"] }, { type: "null" }] } },
      },
    ],
    ["a default that breaks its own schema", { type: "integer", default: "none" }],
    ["an example that breaks its own schema", { type: "object", properties: { a: { type: "integer", examples: ["x"] } }, required: ["a"] }],
  ])("%s", (_name, schema) => {
    const found = sampleSchema(schema, { accepts: acceptance(schema) });
    expect(found).toBeDefined();
    expect(acceptance(schema)(found?.value)).toBe(true);
  });
});

test("examples and defaults of a schema are taken, unless others are wanted", () => {
  const schema = { type: "object", properties: { a: { type: "string", examples: ["Ada"] }, b: { type: "integer", default: 7 } } };
  expect(sample(schema)).toEqual({ a: "Ada", b: 7 });
  expect(sample(schema, { withExamples: false })).not.toEqual({ a: "Ada", b: 7 });
});

test("the same seed makes the same value, another one another", () => {
  const schema = { type: "array", items: { type: "string", format: "uuid" }, minItems: 2 };
  expect(sample(schema, { seed: "a" })).toEqual(sample(schema, { seed: "a" }));
  expect(sample(schema, { seed: "a" })).not.toEqual(sample(schema, { seed: "b" }));
});

test("a way that is told by a property has its name there", () => {
  const cat = { type: "object", properties: { kind: { type: "string" } }, required: ["kind"] };
  const pet = {
    oneOf: [{ $ref: "#/$defs/Cat" }],
    discriminator: { propertyName: "kind", mapping: { tom: "#/components/schemas/Cat" } },
    $defs: { Cat: cat },
  };
  expect(sample(pet)).toEqual({ kind: "tom" });
});

test("what only the other side sees is left out, and what is optional does not grow without end", () => {
  expect(
    sample({ properties: { id: { type: "integer", const: 1 }, secret: { type: "string", writeOnly: true } } }, { without: "writeOnly" }),
  ).toEqual({ id: 1 });
  const wide = (depth: number): Schema => ({
    type: "object",
    properties: Object.fromEntries("abcdef".split("").map((name) => [name, depth === 0 ? { type: "string" } : wide(depth - 1)])),
  });
  expect(JSON.stringify(sample(wide(5))).length).toBeLessThan(50_000);
});

test("where nothing is allowed there is no sample", () => {
  expect(sample(false)).toBeUndefined();
  expect(sample({ type: "string", minLength: 3, maxLength: 2 })).toBeUndefined();
  expect(
    sample({ $ref: "#/$defs/a", $defs: { a: { type: "object", properties: { a: { $ref: "#/$defs/a" } }, required: ["a"] } } }),
  ).toBeUndefined();
});
