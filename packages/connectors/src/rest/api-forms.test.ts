import { expect, test } from "vitest";
import { openDoor } from "./door.test.support.ts";

const Money = { type: "object", properties: { amount: { type: "integer" }, currency: { type: "string" } }, required: ["amount"] };
const fields = {
  type: "object",
  properties: {
    id: { type: "integer" },
    parts: { anyOf: [{ type: "array", items: { $ref: "#/components/schemas/Money" } }, { enum: [""] }] },
    fee: { anyOf: [{ type: "integer" }, { enum: [""] }] },
    names: {
      anyOf: [
        { type: "array", items: { type: "string" } },
        { type: "string", enum: [""] },
      ],
    },
    meta: { anyOf: [{ type: "object", additionalProperties: { type: "string" } }, { enum: [""] }] },
    price: { $ref: "#/components/schemas/Money" },
    lines: { type: "array", items: { $ref: "#/components/schemas/Money" } },
    tags: { type: "array", items: { type: "string" } },
    codes: { type: "array", items: { type: "integer" } },
    photo: { type: "string", format: "binary" },
    more: { type: "array", items: { type: "string", format: "binary" }, maxItems: 2 },
  },
  required: ["id"],
};
const encoding = { photo: { contentType: "image/png, image/jpeg" }, codes: { style: "form", explode: false } };

function open(content: object, api: object = {}) {
  const document = {
    openapi: "3.1.0",
    info: { title: "Forms", version: "1" },
    paths: { "/forms": { post: { operationId: "send", requestBody: { required: true, content }, responses: {} } } },
    components: { schemas: { Money } },
    ...api,
  };
  return openDoor({ options: { api: "openapi.yaml", operation: "send" }, readFile: () => document });
}

const form = (text: string) => ({ method: "POST", body: text, headers: { "content-type": "application/x-www-form-urlencoded" } });

test.each<[string, object]>([
  ["id=7", { id: 7 }],
  ["id=7&tags=a&tags=b", { id: 7, tags: ["a", "b"] }],
  ["id=7&tags=a", { id: 7, tags: ["a"] }],
  ["id=7&tags[]=a&tags[]=b", { id: 7, tags: ["a", "b"] }],
  ["id=7&meta[a]=b", { id: 7, meta: { a: "b" } }],
  ["id=7&meta=", { id: 7, meta: "" }],
  [`id=7&lines=${encodeURIComponent('{"amount":5}')}`, { id: 7, lines: [{ amount: 5 }] }],
  [`id=7&parts=${encodeURIComponent('{"amount":5}')}`, { id: 7, parts: [{ amount: 5 }] }],
  ["id=7&fee=39", { id: 7, fee: 39 }],
  ["id=7&fee=", { id: 7, fee: "" }],
  ["id=7&names=a", { id: 7, names: ["a"] }],
  ["id=7&codes=1,2", { id: 7, codes: [1, 2] }],
  [`id=7&price=${encodeURIComponent('{"amount":5}')}`, { id: 7, price: { amount: 5 } }],
  ["id=7&price[amount]=5&price[currency]=EUR", { id: 7, price: { amount: 5, currency: "EUR" } }],
  ["id=7&lines[0][amount]=5&lines[1][amount]=6", { id: 7, lines: [{ amount: 5 }, { amount: 6 }] }],
  [
    `id=7&lines=${encodeURIComponent('{"amount":5}')}&lines=${encodeURIComponent('{"amount":6}')}`,
    { id: 7, lines: [{ amount: 5 }, { amount: 6 }] },
  ],
])("the form %s is read by its schema", async (text, body) => {
  await using node = await open({ "application/x-www-form-urlencoded": { schema: fields, encoding } });
  expect((await node.request("/forms", form(text))).status).toBe(200);
  expect(node.received[0]?.body).toEqual(body);
});

test.each([
  ["tags=a", "#/id"],
  ["id=7&price[amount]=x", "#/price/amount"],
  ["id=7&codes=1,x", "#/codes/1"],
  ["id=7&price={", "#/price"],
])("the form %s is refused", async (text, pointer) => {
  await using node = await open({ "application/x-www-form-urlencoded": { schema: fields, encoding } });
  const response = await node.request("/forms", form(text));
  const { errors } = (await response.json()) as { errors: { pointer: string }[] };
  expect([response.status, errors[0]?.pointer]).toEqual([400, pointer]);
});

test("a form of parts has files as bytes, other fields by their schema, and JSON as data", async () => {
  await using node = await open({ "multipart/form-data": { schema: fields, encoding } });
  const parts = new FormData();
  parts.set("id", "7");
  parts.append("tags", "a");
  parts.set("price", new Blob(['{"amount":5}'], { type: "application/json" }));
  parts.set("photo", new Blob(["png"], { type: "image/png" }), "a.png");
  parts.append("more", new Blob(["1"]), "1.bin");
  expect((await node.request("/forms", { method: "POST", body: parts })).status).toBe(200);
  expect(node.received[0]?.body).toMatchObject({
    id: 7,
    tags: ["a"],
    price: { amount: 5 },
    more: [{ filename: "1.bin" }],
    photo: { filename: "a.png", type: "image/png", content: new Uint8Array(Buffer.from("png")) },
  });
});

test("parts that are missing, of another type, or too many are refused", async () => {
  await using node = await open({ "multipart/form-data": { schema: fields, encoding } });
  const refused = async (entries: [string, string | Blob][]) => {
    const parts = new FormData();
    for (const [name, value] of entries) parts.append(name, value);
    const response = await node.request("/forms", { method: "POST", body: parts });
    const { errors } = (await response.json()) as { errors: { pointer: string; detail: string }[] };
    return [response.status, errors[0]?.pointer, errors[0]?.detail];
  };
  const file = new Blob(["x"], { type: "text/plain" });
  expect(await refused([["photo", new Blob(["png"], { type: "image/png" })]])).toEqual([400, "#/id", "is missing"]);
  expect(
    await refused([
      ["id", "7"],
      ["photo", file],
    ]),
  ).toEqual([400, "#/photo", "expected the type image/png or image/jpeg, found text/plain"]);
  expect(
    await refused([
      ["id", "7"],
      ["more", file],
      ["more", file],
      ["more", file],
    ]),
  ).toEqual([400, "#/more", expect.stringContaining("2 items")]);
});
