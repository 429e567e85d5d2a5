import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { jsonata } from "../compiled/jsonata.ts";
import { jsonDiff } from "./diff.ts";
import { jsonPatchFunctions } from "./functions.ts";
import { jsonMergePatch } from "./merge-patch.ts";
import { jsonPatch } from "./patch.ts";
import { jsonPointer } from "./pointer.ts";

interface SuiteCase {
  readonly comment?: string;
  readonly doc: unknown;
  readonly patch: readonly unknown[];
  readonly expected?: unknown;
  readonly error?: string;
  readonly disabled?: boolean;
}

const require = createRequire(import.meta.url);
const suite = [require("json-patch-test-suite/tests.json"), require("json-patch-test-suite/spec_tests.json")]
  .flatMap((file) => file as readonly SuiteCase[])
  .filter((one) => one.disabled !== true && (one.error !== undefined || Object.hasOwn(one, "expected")));

describe("the public suite of JSON Patch", () => {
  test.each(suite.map((one, index) => [index, one.comment ?? one.error ?? "", one] as const))("%i %s", (_index, _comment, one) => {
    const before = structuredClone(one.doc);
    if (one.error === undefined) expect(jsonPatch(one.doc, one.patch)).toEqual(one.expected);
    else expect(() => jsonPatch(one.doc, one.patch)).toThrow(expect.objectContaining({ code: "PORTOLAN_VALUE_INVALID" }));
    expect(one.doc).toEqual(before);
  });
});

test.each([
  ["", { foo: ["bar"], "": 0, "a/b": 1, "m~n": 2 }],
  ["/foo/0", "bar"],
  ["/", 0],
  ["/a~1b", 1],
  ["/m~0n", 2],
  ["/foo/1", undefined],
  ["/foo/-", undefined],
  ["/foo/00", undefined],
  ["/foo/length", undefined],
  ["/constructor/name", undefined],
  ["/__proto__", undefined],
])("the pointer %j leads to own properties and items only", (pointer, value) => {
  expect(jsonPointer({ foo: ["bar"], "": 0, "a/b": 1, "m~n": 2 }, pointer)).toEqual(value);
});

test("a pointer that is none is refused", () => {
  expect(() => jsonPointer({}, "foo")).toThrow("begins with /");
  expect(() => jsonPointer({}, "/a~2")).toThrow("~0");
});

test("a patch reaches no prototype", () => {
  const patched = jsonPatch({}, [{ op: "add", path: "/__proto__", value: { polluted: true } }]);
  expect(Object.getOwnPropertyNames(patched)).toEqual(["__proto__"]);
  expect((patched as { readonly polluted?: boolean }).polluted).toBeUndefined();
  expect(() => jsonPatch({}, [{ op: "add", path: "/constructor/prototype/polluted", value: 1 }])).toThrow("/constructor");
  expect(jsonMergePatch({}, JSON.parse(`{ "__proto__": { "polluted": true } }`))).not.toHaveProperty("polluted");
});

test("a patch that fails says which operation, and what it found", () => {
  expect(() =>
    jsonPatch({ a: 1 }, [
      { op: "test", path: "/a", value: 1 },
      { op: "test", path: "/a", value: 2 },
    ]),
  ).toThrow('operation 1 of the patch: expected 2 at "/a", found 1');
});

test.each([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [["a", "b"], ["c"], ["c"]],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("a merge patch as in RFC 7396: %j with %j", (value, patch, expected) => {
  expect(jsonMergePatch(value, patch)).toEqual(expected);
});

test("the difference of two values, applied to the first, is the second", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
      expect(jsonPatch(before, jsonDiff(before, after))).toEqual(after);
    }),
  );
});

test("a row put into a list is one operation", () => {
  expect(jsonDiff([1, 2, 3], [1, 9, 2, 3])).toEqual([{ op: "add", path: "/1", value: 9 }]);
});

const bindings = Object.fromEntries(jsonPatchFunctions.map(({ name, call }) => [name, call]));

test.each(jsonPatchFunctions.flatMap(({ examples }) => examples))("the reference shows what happens: %s", (text, value) => {
  expect(jsonata(text).evaluate({}, bindings)).toEqual(value);
});
