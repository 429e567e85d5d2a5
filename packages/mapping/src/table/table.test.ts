import { writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createTemporaryFolder } from "@portolan/testkit";
import { createTableLanguage } from "./table.ts";

const context = { now: () => 0, random: () => 0 };
const table = createTableLanguage();
const map = (text: string, body: unknown): unknown =>
  table.compile(text, context)({ id: "7", body, headers: { tenant: "acme" }, attributes: {} });

const ORDER = `
- { to: orderId, from: body.id, note: "their number, not ours" }
- { to: tenant, from: headers.tenant }
- { to: customer.name, from: body.cust.nm }
- { to: customer.country, from: body.cust.country, default: DE }
- { to: "lines[]", from: body.items }
- { to: "lines[].sku", from: sku }
- { to: "lines[].order", expression: $$.body.id }
- { to: "lines[].taxes[]", from: taxes }
- { to: "lines[].taxes[].rate", from: "percent / 100" }
- { to: "tags[]", from: body.tags }
- { to: total, expression: $sum(body.items.(price * quantity)) }
- { to: channel, constant: web }
`;

test("a table makes the data that its rows describe", async () => {
  const body = {
    id: 12,
    cust: { nm: "Ann", country: null },
    items: [
      { sku: "a", price: 2, quantity: 3, taxes: [{ percent: 19 }, { percent: 5 }] },
      { sku: "b", price: 1, quantity: 1 },
    ],
    tags: "new",
  };
  expect(await map(ORDER, body)).toEqual({
    orderId: 12,
    tenant: "acme",
    customer: { name: "Ann", country: "DE" },
    lines: [
      { sku: "a", order: 12, taxes: [{ rate: 0.19 }, { rate: 0.05 }] },
      { sku: "b", order: 12, taxes: [] },
    ],
    tags: ["new"],
    total: 7,
    channel: "web",
  });
});

test("what the source does not have is left out, and a list without items is empty", async () => {
  expect(await map(ORDER, {})).toEqual({ tenant: "acme", customer: { country: "DE" }, lines: [], tags: [], channel: "web" });
});

test("a table can be a file, in YAML or in JSON", async () => {
  await using folder = await createTemporaryFolder();
  await writeFile(folder.path("order.map.yaml"), "rows:\n  - { to: id, from: body.id }\n");
  await writeFile(folder.path("order.json"), JSON.stringify([{ to: "id", from: "body.id" }]));
  const language = createTableLanguage({ directory: folder.path(".") });
  for (const path of ["order.map.yaml", "./order.json"]) {
    expect(await language.compile(path, context)({ id: "7", body: { id: 3 }, headers: {}, attributes: {} })).toEqual({ id: 3 });
  }
  expect(() => language.compile("absent.yaml", context)).toThrow("the mapping table absent.yaml cannot be read: no such file");
});

test.each([
  ["- { to: a, from: b, expression: c }", "row 1: only one of from and expression"],
  ["- { to: a }", "row 1: one of from, expression, constant or default is needed"],
  ["- { from: a }", "row 1: `to` is missing"],
  ["- { to: a, form: b }", 'unknown key "form"'],
  ["- { to: 'a[0]', from: b }", "is no target"],
  ["- { to: a, from: b }\n- { to: a, from: c }", "row 2: a has its value from row 1"],
  ["- { to: a, from: b }\n- { to: a.b, from: c }", "row 2: a.b lies within the value of row 1"],
  ["- { to: a.b, from: b }\n- { to: a, from: c }", "row 2: a has fields from other rows"],
  ["- { to: 'a[].b', from: b }", "no row says where the items of a[] come from"],
  ["- { to: 'a[]', from: b }\n- { to: a.c, from: c }", "a is a list in one row and none in another"],
  ["- { to: a, expression: 'b) , \"c\": (d' }", "row 1 (a): S0201"],
  ["- { to: a, from: 'b[' }\n- { to: c, from: '1 +' }", /row 1 \(a\).*row 2 \(c\)/],
  ["rows: 5", "a list of rows"],
  ["- [", "no YAML"],
])("a table that cannot be used is refused at start: %s", (text, message) => {
  expect(() => map(text, {})).toThrow(message);
});

test("names and constants are data, whatever they hold", async () => {
  expect(await map(`- { to: '"x" & $', constant: 'a"b' }\n- { to: __proto__, constant: { polluted: [1] } }`, {})).toEqual(
    JSON.parse(`{ "\\"x\\" & $": "a\\"b", "__proto__": { "polluted": [1] } }`),
  );
});
