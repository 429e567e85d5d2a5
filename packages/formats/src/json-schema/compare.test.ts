import { expect, test } from "vitest";
import { compareSchemas } from "./compare.ts";

const map = (properties: Readonly<Record<string, unknown>>, required: readonly string[] = Object.keys(properties), more: object = {}) => ({
  type: "object",
  properties,
  required,
  ...more,
});
const text = { type: "string" };
const closed = { additionalProperties: false };

test.each([
  ["the same", text, text],
  ["anything", true, text],
  ["an integer may be a number, and a number an integer", { type: "number" }, { type: "integer" }],
  ["one of several", text, { anyOf: [{ type: "number" }, text] }],
  ["a value of those that are allowed", { type: "string", enum: ["a"] }, { enum: ["a", "b"] }],
  ["fields beyond those that are told of", map({ a: text, b: text }), map({ a: text })],
  ["a field that may hold what is wanted", { type: "object", properties: {}, additionalProperties: true }, map({ a: text })],
  [
    "a schema that refers to a part of itself",
    map({ a: map({ b: text }) }),
    { $ref: "#/$defs/x", $defs: { x: map({ a: { $ref: "#/$defs/y" } }), y: map({ b: text }) } },
  ],
  [
    "a schema that contains itself",
    map({ a: map({ a: map({}) }) }),
    { $ref: "#/$defs/x", $defs: { x: { properties: { a: { $ref: "#/$defs/x" } } } } },
  ],
  [
    "a schema of which an alternative, or a part, is the schema itself",
    text,
    {
      $ref: "#/$defs/x",
      $defs: {
        x: { anyOf: [{ oneOf: [{ $ref: "#/$defs/x" }, { type: "number" }] }, { allOf: [{ $ref: "#/$defs/y" }] }] },
        y: { allOf: [{ $ref: "#/$defs/y" }, text] },
      },
    },
  ],
])("%s fits", (_name, found, expected) => {
  expect(compareSchemas(found, expected)).toEqual([]);
});

test.each([
  ["another type", { type: "number" }, text, "", "expected string, found number", true],
  [
    "a type that is none of several",
    { type: "boolean" },
    { anyOf: [{ type: "number" }, text] },
    "",
    "expected number or string, found boolean",
    true,
  ],
  ["a field that is not there", map({ a: text }, ["a"], closed), map({ b: text }), "b", "is missing", true],
  ["a field that may be missing", map({ a: text }, []), map({ a: text }), "a", "may be missing", false],
  ["a field that is not allowed", map({ a: text, b: text }), map({ a: text }, ["a"], closed), "b", "is not allowed", true],
  ["a field that may not be allowed", map({ b: text }, []), map({}, [], closed), "b", "is not allowed", false],
  [
    "a field of another type, deep in a list",
    map({ l: { type: "array", items: map({ q: text }) } }),
    map({ l: { items: map({ q: { type: "number" } }) } }),
    "l[].q",
    "expected number, found string",
    true,
  ],
  ["a value that is not allowed", { enum: ["x"] }, { enum: ["a", "b"] }, "", 'expected "a" or "b", found "x"', true],
  ["a value of several that is not allowed", { enum: ["a", "x"] }, { const: "a" }, "", 'expected "a", found "x"', false],
  ["one way of several", { anyOf: [text, { type: "null" }] }, text, "", "for some messages: expected string, found null", false],
  [
    "a part of allOf",
    map({ a: text }),
    { allOf: [map({ a: text }), map({ a: { type: "number" } })] },
    "a",
    "expected number, found string",
    true,
  ],
  ["nothing", text, false, "", "nothing is allowed here", true],
])("%s does not fit", (_name, found, expected, path, message, isCertain) => {
  expect(compareSchemas(found, expected)).toEqual([{ path, message, isCertain }]);
});

test.each([
  ["a longer text", text, { type: "string", maxLength: 5 }, "", "maxLength is 5, and was without limit"],
  ["a higher number", { type: "number", maximum: 9 }, { type: "number", maximum: 5 }, "", "maximum is 5, and was 9"],
  ["another pattern", { type: "string", pattern: "a" }, { type: "string", pattern: "b" }, "", 'pattern is "b", and was "a"'],
  ["a number for an integer", { type: "number" }, { type: "integer" }, "", "expected integer, found number"],
  ["any value", text, { enum: ["a"] }, "", 'only "a" is allowed'],
  ["other fields", map({ a: text }), map({ a: text }, ["a"], closed), "", "other fields are not allowed"],
  ["a field that becomes required", map({ a: text }), map({ a: text, b: text }), "b", "is missing"],
  ["one more type", { type: ["string", "null"] }, text, "", "for some messages: expected string, found null"],
])("between two versions %s is a mismatch", (_name, found, expected, path, message) => {
  expect(compareSchemas(found, expected, { limits: true })).toEqual([expect.objectContaining({ path, message })]);
});

test.each([
  ["a shorter text", { type: "string", maxLength: 3 }, { type: "string", maxLength: 5 }],
  ["a multiple", { type: "number", multipleOf: 4 }, { type: "number", multipleOf: 2 }],
  ["a field that becomes optional", map({ a: text }), map({ a: text }, [])],
  ["a new field that is optional", map({ a: text }), map({ a: text, b: text }, ["a"])],
  ["one type fewer", text, { type: ["string", "null"] }],
  [
    "the same by reference",
    { $ref: "#/$defs/a", $defs: { a: map({ l: { type: "array", items: { $ref: "#/$defs/a" } } }, []) } },
    { $ref: "#/$defs/b", $defs: { b: map({ l: { type: "array", items: { $ref: "#/$defs/b" } } }, []) } },
  ],
])("between two versions %s is none", (_name, found, expected) => {
  expect(compareSchemas(found, expected, { limits: true })).toEqual([]);
});
