import fc from "fast-check";

/** Names of properties, few enough that expressions find something in data. */
const name = fc.constantFrom("a", "b", "c", "d");
const variable = fc.constantFrom("$x", "$y");

const text = fc.constantFrom("", "a", "b", "ab,c", "12", "x y  z", "Ärger", "2020-01-02T03:04:05Z");
const number = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom(0.5, 2.5, 1e20, 1000));
const literal = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  number.map(String),
  fc.constantFrom("true", "false", "null"),
);

/** Data such as messages hold. */
export const data = fc.letrec<{ any: unknown; object: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof<fc.Arbitrary<unknown>[]>(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie("any"), { maxLength: 4 }),
    tie("object"),
    fc.array(tie("object"), { minLength: 1, maxLength: 4 }),
  ),
  object: fc.dictionary(name, tie("any"), { maxKeys: 4, noNullPrototype: true }),
})).any;

const OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "&", "and", "or", "in", "?:", "??"];

/** Functions by how many arguments they get; `f` stands for a function of one, `g` of two, `r` for a regular expression, `p` for a picture. */
const CALLS: readonly (readonly [string, string])[] = [
  ["sum", "x"],
  ["count", "x"],
  ["max", "x"],
  ["min", "x"],
  ["average", "x"],
  ["string", "x"],
  ["string", "xx"],
  ["number", "x"],
  ["boolean", "x"],
  ["not", "x"],
  ["exists", "x"],
  ["keys", "x"],
  ["values", "x"],
  ["spread", "x"],
  ["merge", "x"],
  ["lookup", "xx"],
  ["append", "xx"],
  ["reverse", "x"],
  ["distinct", "x"],
  ["sort", "x"],
  ["sort", "xg"],
  ["zip", "xx"],
  ["type", "x"],
  ["uppercase", "x"],
  ["lowercase", "x"],
  ["length", "x"],
  ["trim", "x"],
  ["substring", "xx"],
  ["substring", "xxx"],
  ["substringBefore", "xx"],
  ["substringAfter", "xx"],
  ["pad", "xn"],
  ["pad", "xnx"],
  ["contains", "xx"],
  ["contains", "xr"],
  ["split", "xx"],
  ["split", "xr"],
  ["split", "xxn"],
  ["join", "xx"],
  ["match", "xr"],
  ["match", "xrn"],
  ["replace", "xxx"],
  ["replace", "xrx"],
  ["replace", "xrxn"],
  ["replace", "xrm"],
  ["abs", "x"],
  ["floor", "x"],
  ["ceil", "x"],
  ["round", "xn"],
  ["power", "xn"],
  ["sqrt", "x"],
  ["formatBase", "xn"],
  ["formatNumber", "xp"],
  ["formatInteger", "xi"],
  ["parseInteger", "xi"],
  ["fromMillis", "x"],
  ["fromMillis", "xd"],
  ["toMillis", "x"],
  ["toMillis", "xd"],
  ["base64encode", "x"],
  ["base64decode", "x"],
  ["encodeUrlComponent", "x"],
  ["decodeUrlComponent", "x"],
  ["map", "xf"],
  ["map", "xg"],
  ["filter", "xf"],
  ["filter", "xg"],
  ["single", "xf"],
  ["reduce", "xg"],
  ["reduce", "xgx"],
  ["each", "xf"],
  ["each", "xg"],
  ["sift", "xf"],
  ["sift", "xg"],
  ["assert", "xx"],
  ["error", "x"],
];

const regex = fc.constantFrom("/a/", "/[a-z]+/i", "/(\\d)(\\d)?/", "/\\s+/", "/b*/", "/(a|b),?/");
const pictures = {
  p: fc.constantFrom('"#,##0.00"', '"0"', '"#0.###"', '"00.0%"', '"0.0e0"', '"#;(#)"'),
  i: fc.constantFrom('"w"', '"W"', '"Ww;o"', '"i"', '"I"', '"A"', '"#,##0"', '"001"', '"0;o"'),
  d: fc.constantFrom('"[Y0001]-[M01]-[D01]"', '"[D1o] [MNn] [Y]"', '"[FNn], [H01]:[m01]"', '"[h]:[m01] [P]"', '"[W01] [x]"'),
};

/** Texts of expressions, made as the grammar makes them. */
export const expression = fc.letrec<{ any: string; operand: string; step: string; path: string; pairs: string }>((tie) => {
  const any = tie("any");
  const fn1 = fc.oneof(
    fc.tuple(variable, any).map(([parameter, body]) => `function(${parameter}) { ${body} }`),
    fc.constantFrom("$string", "$uppercase", "$count", "$sum", "$boolean", "$append(?, 1)"),
  );
  const fn2 = fc.oneof(
    any.map((body) => `function($x, $y) { ${body} }`),
    fc.constantFrom("$append", "function($x, $y) { $x > $y }", "function($x, $y) { $x & $y }"),
  );
  const argument: Readonly<Record<string, fc.Arbitrary<string>>> = {
    ...pictures,
    x: any,
    f: fn1,
    g: fn2,
    r: regex,
    n: number.map(String),
    m: fc.constantFrom("function($m) { $uppercase($m.match) }", "function($m) { $m.groups[0] }"),
  };
  const call = fc
    .constantFrom(...CALLS)
    .chain(([called, kinds]) =>
      fc.tuple(...Array.from(kinds, (kind) => argument[kind] ?? any)).map((values) => `$${called}(${values.join(", ")})`),
    );
  const chain = fc
    .tuple(tie("operand"), fc.constantFrom(...CALLS))
    .chain(([left, [called, kinds]]) =>
      fc
        .tuple(...Array.from(kinds.slice(1), (kind) => argument[kind] ?? any))
        .map((values) => `${left} ~> $${called}(${values.join(", ")})`),
    );
  return {
    any: fc.oneof(
      { maxDepth: 5, withCrossShrink: true, depthIdentifier: "expression" },
      tie("operand"),
      fc.tuple(tie("operand"), fc.constantFrom(...OPERATORS), tie("operand")).map((parts) => parts.join(" ")),
      fc.tuple(tie("operand"), any, any).map(([test, then, otherwise]) => `${test} ? ${then} : ${otherwise}`),
      chain,
      tie("path"),
      tie("path"),
      tie("path"),
    ),
    operand: fc.oneof(
      { maxDepth: 5, withCrossShrink: true, depthIdentifier: "expression" },
      literal,
      fc.oneof(name, variable, fc.constantFrom("$", "$$", "*", "**", "`a`")),
      tie("path"),
      call,
      any.map((inner) => `(${inner})`),
      fc.tuple(variable, any, any).map(([bound, value, body]) => `(${bound} := ${value}; ${body})`),
      fc.array(any, { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
      fc.constantFrom("[1, 2, 3][[0..1]]", '["a", "b"][-1]', "[[1], [2, 3]][0]"),
      fc.tuple(fc.integer({ min: -1, max: 2 }), fc.integer({ min: 0, max: 4 })).map(([from, to]) => `[${from}..${to}]`),
      tie("pairs").map((pairs) => `{ ${pairs} }`),
      any.map((inner) => `-(${inner})`),
      fc
        .tuple(name, tie("pairs"), name)
        .map(([pattern, update, gone]) => `$ ~> | ${pattern} | { ${update} }, "${gone}" |`)
        .map((part) => `(${part})`),
      fc.tuple(fn1, any).map(([callee, value]) => `(${callee})(${value})`),
    ),
    path: fc
      .tuple(
        fc.oneof(
          name,
          fc.constantFrom("$", "$$", "$x", "*", "**"),
          any.map((inner) => `(${inner})`),
        ),
        fc.array(tie("step"), { minLength: 1, maxLength: 3 }),
      )
      .map(([start, steps]) => start + steps.join("")),
    step: fc.oneof(
      { withCrossShrink: true },
      name.map((part) => `.${part}`),
      fc.constantFrom(".*", ".**", "[]", "[0]", "[-1]", ".$", ".`b`", '."c"'),
      any.map((inner) => `[$exists($) and (${inner})]`),
      fc.tuple(name, fc.constantFrom("=", ">", "!="), literal).map(([part, operator, value]) => `[${part} ${operator} ${value}]`),
      any.map((inner) => `.(${inner})`),
      tie("pairs").map((pairs) => `.{ ${pairs} }`),
      fc.array(any, { minLength: 1, maxLength: 2 }).map((items) => `.[${items.join(", ")}]`),
      call.map((called) => `.${called}`),
      fc.tuple(fc.constantFrom("", "<", ">"), any).map(([direction, term]) => `^(${direction}${term})`),
      tie("pairs").map((pairs) => `{ ${pairs} }`),
      fc.constantFrom("@$x", "#$y", "#$x.a", "@$y.b", ".%", ".a.%.b"),
    ),
    pairs: fc
      .array(
        fc.tuple(
          fc.oneof(
            text.map((value) => JSON.stringify(value)),
            any,
          ),
          any,
        ),
        { minLength: 1, maxLength: 2 },
      )
      .map((pairs) => pairs.map(([key, value]) => `${key}: ${value}`).join(", ")),
  };
}).any;
