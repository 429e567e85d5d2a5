import npm from "jsonata";
import { describe, expect, test } from "vitest";
import { jsonata, type JsonataError } from "../index.ts";

const items = {
  items: [
    { name: "a", price: 9 },
    { name: "b", price: 2 },
  ],
};

describe("an evaluation", () => {
  test("it answers at once", () => {
    expect(jsonata("items[price > 5].{ 'n': name }").evaluate(items)).toEqual({ n: "a" });
    expect(jsonata("$sum(items.price)").evaluate(items)).toBe(11);
  });

  test.each(["constructor", "__proto__", "items.constructor", "toString", "$lookup($, '__proto__')"])(
    "%s yields nothing: only own properties are seen",
    (text) => {
      expect(jsonata(text).evaluate(items)).toBeUndefined();
    },
  );

  test("functions among the bindings are called", () => {
    expect(jsonata("$twice(4)").evaluate(null, { twice: (value: number) => value * 2 })).toBe(8);
  });

  test("it waits for a bound function that is asynchronous, and calls it once for each call", async () => {
    let calls = 0;
    const fetched = async (value: number) => {
      calls += 1;
      return value * 2;
    };
    expect(await jsonata("$sum($map([1..3], $fetched))").evaluate(null, { fetched })).toBe(12);
    expect(calls).toBe(3);
  });

  test("the limits hold for an evaluation as a whole, however often it had to wait", async () => {
    const limited = jsonata("$map([1..50], $fetched)", { limits: { steps: 500 } });
    const fetched = async (value: number) => value;
    // Each time that it begins anew it recalls what was fetched before: 50 times 25 steps.
    await expect(limited.evaluate(null, { fetched })).rejects.toMatchObject({ code: "D1012" });
    expect(limited.evaluate(null, { fetched: (value: number) => value })).toHaveLength(50);
  });

  test.each([
    "$deep(40, 1) = $deep(40, 1)",
    "$string($deep(40, 1))",
    "$clone($deep(40, 1))",
    "$deep(40, 1) & ''",
    "$distinct([$deep(40, 1), $deep(40, 1)])",
  ])("%s, whose parts are shared a thousand milliard times, ends at the limit", (text) => {
    const deep = 'function($n, $part) { $n = 0 ? $part : $deep($n - 1, { "left": $part, "right": $part }) }';
    const limited = jsonata(`($deep := ${deep}; ${text})`, { limits: { steps: 100_000 } });
    expect(() => limited.evaluate(null)).toThrow(expect.objectContaining({ code: "D1012" }));
  });

  test("the instant and the random numbers come from the options", () => {
    expect(jsonata("[$millis(), $random()]", { now: () => 5, random: () => 0.5 }).evaluate(null)).toEqual([5, 0.5]);
  });

  test.each([
    "$contains(text, /(a+)+$/)",
    "$split(text, /(a|a)*b/)",
    "$replace(text, /(.*)*x/, '')",
    "items[$match($$.text, /.*.*.*=.*/)]",
    "$toMillis($join($map([1..5000], function() { 'one ' })), '[Yw][Mw][Dw]x')",
  ])("%s takes time in proportion to the text", (expression) => {
    // By backtracking these would outlast the test's own limit, not just the evaluation's.
    expect(jsonata(expression).evaluate({ ...items, text: `${"a".repeat(5_000)}!` })).not.toBe(true);
  });

  test("it yields the same when it has become hot, whatever the input's prototype is", async () => {
    class Item {
      readonly own = 1;
      get a() {
        return 2;
      }
    }
    const plain = { a: 2, b: { c: "x" }, constructor: 3 };
    const inputs = [
      plain,
      new Item(),
      { b: new Item(), a: 5 },
      Object.create(plain),
      Object.assign(Object.create(null) as object, plain),
      JSON.parse('{ "__proto__": { "a": 2 }, "b": [{ "c": 1 }, { "c": 2 }] }'),
      [plain, plain],
      "text",
      null,
      undefined,
      { a: undefined, b: null },
      { a: "1" },
    ];
    const texts = [
      "a",
      "b.c",
      "b.a",
      "__proto__.a",
      "toString",
      "constructor",
      "b.constructor",
      "a > 1 and b.c = 'x' or a <= 5",
      "a < 2 or a >= 2",
      "a = 2 and a",
      "{ 'a': a, 'c': b.c, 'none': none, 'text': 'x' }",
    ];
    for (const text of texts) {
      const expression = jsonata(text);
      const results = () => inputs.map((input) => outcome(() => expression.evaluate(input)));
      const before = results();
      for (let round = 0; round < 4; round += 1) {
        for (let count = 0; count < 1_000; count += 1) outcome(() => expression.evaluate(plain));
        await import("./sites/sites.gen.ts");
      }
      expect(results()).toStrictEqual(before);
    }
  });

  test("it ends at its limits", () => {
    const failing = (text: string, limits: object) => () => jsonata(text, { limits }).evaluate(null);
    expect(failing("($f := function($n) { 1 + $f($n) }; $f(1))", {})).toThrow(expect.objectContaining({ code: "D1011" }));
    expect(failing("($f := function() { $f() }; $f())", { steps: 1_000 })).toThrow(expect.objectContaining({ code: "D1012" }));
    expect(failing("[1..100]", { sequence: 10 })).toThrow(expect.objectContaining({ code: "D2015" }));
  });
});

describe("failures", () => {
  test.each([
    "a +",
    "a b",
    "{'a' 1}",
    '"abc',
    '"\\q"',
    "",
    "a.(",
    '1 + "x"',
    '1 < "x"',
    "$nope(1)",
    "$error('x')",
    "a := 1",
    "[1!2]",
    "-'a'",
  ])("%j fails with the code and the position of the reference", async (text) => {
    const theirs: unknown = await (async () => npm(text).evaluate({}))().catch((error: unknown) => error);
    const ours: unknown = await (async () => jsonata(text).evaluate({}))().catch((error: unknown) => error);
    const { code, position } = theirs as { code: string; position: number };
    expect(ours).toMatchObject({ code, position });
  });
});

function outcome(evaluate: () => unknown): unknown {
  try {
    return { value: evaluate() };
  } catch (thrown) {
    return { code: (thrown as JsonataError).code };
  }
}
