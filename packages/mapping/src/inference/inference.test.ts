import { describe, expect, test } from "vitest";
import { parse } from "../compiled/parser.ts";
import { checkTree } from "./check-expression.ts";

const ORDER = {
  type: "object",
  properties: {
    id: { type: "integer" },
    status: { enum: ["open", "closed"] },
    customer: { $ref: "#/$defs/customer" },
    items: { type: "array", items: { $ref: "#/$defs/item" } },
    note: { type: ["string", "null"] },
    extra: { type: "object" },
    labels: { type: "object", additionalProperties: { type: "string" } },
  },
  required: ["id", "status", "customer", "items"],
  $defs: {
    customer: { type: "object", properties: { name: { type: "string" }, since: { type: "string" } }, required: ["name"] },
    item: {
      type: "object",
      properties: { sku: { type: "string" }, price: { type: "number" }, parts: { $ref: "#/properties/items" } },
      required: ["sku", "price"],
    },
  },
};

const check = (text: string) => checkTree(parse(text), { body: ORDER });
const messages = (text: string) => check(text).findings.map(({ message, hint }) => (hint === undefined ? message : `${message}; ${hint}`));

describe("what cannot be meant is reported", () => {
  test.each([
    ["body.idd", "idd is nothing: what is known here has id, status, customer, items, note, extra, labels; did you mean id?"],
    ["body.customer.nmae", "did you mean name?"],
    ["body.items.skU", "did you mean sku?"],
    ["body.items[0].total", "total is nothing: what is known here has sku, price, parts"],
    ["body.items[prise > 5]", "prise is nothing"],
    ["body.items^(cost).sku", "cost is nothing"],
    ["body.items.parts.parts.x", "x is nothing"],
    ["body.id.x", "x is nothing: a number has no fields"],
    ["bdy", "did you mean body?"],
    ["body.items.{ 'a': skuu }", "skuu is nothing"],
    ["$map(body.items, function($i) { $i.pris })", "pris is nothing"],
    ["( $c := body.customer; $c.nam )", "nam is nothing"],
    ["body.items{ sku: $sum(pric) }", "pric is nothing"],
    ["$uppercas(body.status)", "there is no function $uppercas; did you mean $uppercase?"],
    ["body.status ~> $trimm", "there is no function $trimm; did you mean $trim?"],
    ["$custmer.name", "$custmer is nothing: no variable of this name is bound here"],
    ["$substring()", "$substring: expected 1 to 3 arguments, found 0"],
    ["$lowercase('a', 'b')", "$lowercase: expected 0 to 1 arguments, found 2"],
    ["$exists()", "$exists: expected 1 argument, found 0"],
    ["$uppercase(5)", "$uppercase: argument 1 must be a text, and is 5"],
    ["$sum(body.items.price) & $length(body.id)", "$length: argument 1 must be a text, and is a number"],
    ["body.status = 'Open'", 'this can never hold: it compares "open" or "closed" with "Open"'],
    ["body.status != 'Open'", "this always holds"],
    ["body.id = '7'", 'this can never hold: it compares a number with "7"'],
    ["body.items[sku = 5]", "this can never hold"],
    ["'Open' in ['open', 'closed']", "this can never hold: it looks for"],
    ["body.customer.name > 5", "this fails: a text with 5 cannot be put in order"],
  ])("%s", (text, message) => {
    expect(messages(text).join("\n")).toContain(message);
  });
});

describe("what can be meant is not", () => {
  test.each([
    "body.extra.anything.at.all",
    "body.labels.red",
    "headers.`x-any`.y",
    "attributes.error.code",
    "body.note = 'x'",
    "body.customer.since > '2020'",
    "body.status in ['open', 'x']",
    "body.items[sku = 'a'].price",
    "body.items[0].sku & body.items[-1].sku",
    "$sum(body.items.(price * 2))",
    "$join(body.items.sku, ', ')",
    "$map(body.items, function($i, $n) { $n & $i.sku })",
    "body.items.sku ~> $join(',')",
    "body.items[$length(sku) > 1 and price > 1.5]",
    "$reduce(body.items.price, function($a, $b) { $a + $b })",
    "$now() & $millis() & $substring(body.status, 1)",
    "body.customer.name.$uppercase()",
    "( $f := function($x) { $x <= 1 ? 1 : $x * $f($x - 1) }; $f(body.id) )",
    "body.**.price",
    "body.items#$i.{ 'n': $i, 'sku': sku }",
    "body.items@$i.customer.name",
    "$lookup(body, 'whatever')",
    "$zip([1], [2], [3])",
    "$formatNumber(body.id, '#')",
    "body.note ? 1 : 2",
    "$keys(body)[0]",
    "body.items.parts.parts.parts.sku",
  ])("%s", (text) => {
    expect(messages(text)).toEqual([]);
  });
});

describe("what an expression yields is known", () => {
  const price = { type: "number" };
  test.each([
    ["1", { type: "number", enum: [1] }],
    ["body.id + 1", { type: "number" }],
    ["body.customer.name", { type: "string" }],
    ["body.customer.since", { anyOf: [{ type: "string" }, { type: "null" }] }],
    ["body.items.price", { anyOf: [price, { type: "array", items: price }, { type: "null" }] }],
    ["body.items.price[]", { anyOf: [{ type: "array", items: price }, { type: "null" }] }],
    ["[body.items.price]", { type: "array", items: price }],
    ["$count(body.items)", { type: "number" }],
    [
      "body.status = 'open' ? 1 : 'a'",
      {
        anyOf: [
          { type: "number", enum: [1] },
          { type: "string", enum: ["a"] },
        ],
      },
    ],
    ["body.customer.since ?? 'never'", { anyOf: [{ type: "string" }, { type: "string", enum: ["never"] }] }],
    [
      "{ 'id': body.id, 'since': body.customer.since, 'lines': [body.items.{ 'sku': sku }] }",
      {
        type: "object",
        properties: {
          id: { type: "number" },
          since: { type: "string" },
          lines: {
            type: "array",
            items: { type: "object", properties: { sku: { type: "string" } }, required: ["sku"], additionalProperties: false },
          },
        },
        required: ["id", "lines"],
        additionalProperties: false,
      },
    ],
  ])("%s", (text, schema) => {
    expect(check(text).yields).toEqual(schema);
  });
});

test("without a contract nothing is known of the body, and functions are checked all the same", () => {
  expect(checkTree(parse("body.a.b.c"), {})).toEqual({ findings: [], yields: true });
  expect(checkTree(parse("$foo(body.a)"), {}).findings).toHaveLength(1);
});
