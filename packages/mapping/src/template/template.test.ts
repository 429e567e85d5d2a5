import { expect, test } from "vitest";
import { mustacheLanguage } from "./template.ts";

const context = { now: () => 0, random: () => 0 };
const render = (text: string, body: unknown): unknown =>
  mustacheLanguage.compile(text, context)({ id: "1", body, headers: { "x-tenant": "acme" }, attributes: {} });

test("a template reads the message", () => {
  expect(
    render("{{headers.x-tenant}}: {{body.lines.length}} {{#body.lines}}[{{sku}} x {{qty}}]{{/body.lines}}", {
      lines: [{ sku: "a", qty: 2 }],
    }),
  ).toBe("acme: 1 [a x 2]");
});

test("a section sees what stands around it, and an inverted one stands for nothing", () => {
  const text = "{{#body}}{{#items}}{{name}} for {{customer}}, {{/items}}{{^items}}nothing for {{customer}}{{/items}}{{/body}}";
  expect(render(text, { customer: "Ann", items: [{ name: "a" }, { name: "b" }] })).toBe("a for Ann, b for Ann, ");
  expect(render(text, { customer: "Ann", items: [] })).toBe("nothing for Ann");
});

test("a value is escaped unless braces are three", () => {
  expect(render("{{body}} {{{body}}}", `<a b="c">`)).toBe(`&lt;a b=&quot;c&quot;&gt; <a b="c">`);
});

test("a list or a map is written as JSON", () => {
  expect(render("{{body.a}}", { a: [1, 2] })).toBe("[1,2]");
});

test("neither prototypes nor functions are reached", () => {
  expect(render("{{body.constructor.name}}{{body.__proto__}}{{constructor}}{{#body.toString}}x{{/body.toString}}", {})).toBe("");
  expect(render("{{body.secret}}", { secret: () => "called" })).toBe("");
});

test("a template that is not well-formed is refused with its place", () => {
  expect(() => render("Dear\n{{#body.name}} you", {})).toThrow(/Unclosed section "body.name" \(line 2, column 19\)/);
  expect(() => render("{{> header}}", {})).toThrow("the partial header cannot be used");
  expect(() => render("{{#body}}\n{{> header}}{{/body}}", {})).toThrow("(line 2, column 1)");
});
