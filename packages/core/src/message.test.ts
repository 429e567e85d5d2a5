import { expect, test } from "vitest";
import { createHeaderMaker, createHeaders, createMessage, header, mergeHeaders, withHeader, withoutHeader } from "./index.ts";

test("headers keep their spelling and can be read in lower case", () => {
  const headers = createHeaders({ "X-Total": 3, note: "ja" });
  expect(Object.entries(headers)).toEqual([
    ["X-Total", 3],
    ["note", "ja"],
  ]);
  expect(headers["x-total"]).toBe(3);
  expect(header(headers, "x-TOTAL")).toBe(3);
});

test("of two names that differ only in case the later wins", () => {
  expect(Object.entries(createHeaders({ foo: 1, Foo: 2 }))).toEqual([["Foo", 2]]);
  expect(Object.entries(createHeaders({ Foo: 1, foo: 2 }))).toEqual([["foo", 2]]);
});

test("a maker of headers makes what createHeaders makes, also of names that it has seen", () => {
  const make = createHeaderMaker();
  const maps: readonly Record<string, string>[] = [
    { foo: "1", bar: "2" },
    { "": "0", foo: "3" },
    { Foo: "4", foo: "5" },
    { foo: "6", FOO: "7" },
    { oof: "8" },
  ];
  for (const values of [...maps, ...maps]) {
    expect(Object.getOwnPropertyDescriptors(make(values))).toEqual(Object.getOwnPropertyDescriptors(createHeaders(values)));
  }
});

test("nothing and null are no headers", () => {
  const values: Record<string, string | undefined> = { a: "1", b: undefined, c: JSON.parse("null") };
  expect(createHeaders(values)).toEqual({ a: "1" });
});

test("headers made of data do not change with it", () => {
  const values: Record<string, string> = { a: "1" };
  const headers = createHeaders(values);
  values["a"] = "2";
  expect(headers).toEqual({ a: "1" });
});

test.each([
  ["foo", "Foo"],
  ["Foo", "foo"],
  ["FOO", "Foo"],
])("setting %s replaces %s", (set, known) => {
  const before = createHeaders({ [known]: 1, other: 2 });
  const after = withHeader(before, set, 3);
  expect(Object.fromEntries(Object.entries(after))).toEqual({ other: 2, [set]: 3 });
  expect(after["foo"]).toBe(3);
  expect(before[known]).toBe(1);
});

test.each(["foo", "FOO"])("removing %s removes any spelling and leaves the aliases of others", (removed) => {
  const headers = withoutHeader(createHeaders({ Foo: 1, "X-Y": 2, z: 3 }), removed);
  expect(Object.keys(headers)).toEqual(["X-Y", "z"]);
  expect([headers["foo"], headers["x-y"]]).toEqual([undefined, 2]);
});

test("what an unnormalised map of headers holds in another spelling is replaced and removed, too", () => {
  expect(withHeader({ Foo: 1 }, "foo", 2)).toEqual({ foo: 2 });
  expect(withoutHeader({ Foo: 1, a: 2 }, "foo")).toEqual({ a: 2 });
});

test("removing what is not there yields the same headers", () => {
  const headers = createHeaders({ a: 1 });
  expect(withoutHeader(headers, "b")).toBe(headers);
});

test("merging sets, replaces and removes", () => {
  const headers = createHeaders({ a: 1, b: 2, "X-C": 3 });
  expect(mergeHeaders(headers, { a: undefined, B: 4, "x-c": 5, d: 6 })).toEqual({ B: 4, "x-c": 5, d: 6 });
  expect(headers).toEqual({ a: 1, b: 2, "X-C": 3 });
});

test("a header named __proto__ is data, through every change", () => {
  const wire: Record<string, string> = JSON.parse('{ "__proto__": "x", "a": "1", "b": "2" }');
  const { headers } = createMessage("1", null, wire);
  for (const changed of [
    headers,
    withHeader(headers, "c", 3),
    withoutHeader(headers, "a"),
    withoutHeader(withHeader(headers, "c", 3), "a"),
  ]) {
    expect(Object.getPrototypeOf(changed)).toBe(Object.prototype);
    expect(Object.entries(changed)).toContainEqual(["__proto__", "x"]);
  }
  expect(Object.entries(withHeader(createHeaders({ a: 1 }), "__proto__", "x"))).toContainEqual(["__proto__", "x"]);
  expect(Object.keys(withoutHeader(headers, "__proto__"))).toEqual(["a", "b"]);
});
