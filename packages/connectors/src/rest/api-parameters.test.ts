import { expect, test } from "vitest";
import { openDoor } from "./door.test.support.ts";

const numbers = { type: "array", items: { type: "integer" } };
const Colour = {
  type: "object",
  properties: { R: { type: "integer" }, G: { type: "integer" }, on: { type: "boolean" } },
  required: ["R"],
  additionalProperties: false,
};
const colour = { $ref: "#/components/schemas/Colour" };

interface Written {
  readonly in: string;
  readonly schema?: object;
  readonly [more: string]: unknown;
}

/** A door whose operation has one parameter `p`. */
function open(parameter: Written, more: object = {}) {
  const isPath = parameter.in === "path";
  const document = {
    openapi: "3.1.0",
    info: { title: "Parameters", version: "1" },
    paths: {
      [isPath ? "/x/{p}" : "/x"]: {
        get: { operationId: "get", parameters: [{ name: "p", required: isPath, ...parameter }], responses: {} },
      },
    },
    components: { schemas: { Colour } },
  };
  return openDoor({ options: { api: "openapi.yaml", operation: "get", ...more }, readFile: () => document });
}

test.each<[string, Written, string, unknown]>([
  ["a text", { in: "path", schema: { type: "string" } }, "a%2Cb", "a,b"],
  ["simple", { in: "path", schema: numbers }, "1,2,3", [1, 2, 3]],
  ["simple", { in: "path", schema: colour }, "R,100,G,200", { R: 100, G: 200 }],
  ["simple, explode", { in: "path", explode: true, schema: colour }, "R=100,G=200", { R: 100, G: 200 }],
  ["label", { in: "path", style: "label", schema: { type: "integer" } }, ".5", 5],
  ["label", { in: "path", style: "label", schema: numbers }, ".1,2", [1, 2]],
  ["label, explode", { in: "path", style: "label", explode: true, schema: numbers }, ".1.2", [1, 2]],
  ["label", { in: "path", style: "label", schema: colour }, ".R,1,G,2", { R: 1, G: 2 }],
  ["label, explode", { in: "path", style: "label", explode: true, schema: colour }, ".R=1.G=2", { R: 1, G: 2 }],
  ["matrix", { in: "path", style: "matrix", schema: { type: "integer" } }, ";p=5", 5],
  ["matrix", { in: "path", style: "matrix", schema: numbers }, ";p=1,2", [1, 2]],
  ["matrix, explode", { in: "path", style: "matrix", explode: true, schema: numbers }, ";p=1;p=2", [1, 2]],
  ["matrix", { in: "path", style: "matrix", schema: colour }, ";p=R,1,G,2", { R: 1, G: 2 }],
  ["matrix, explode", { in: "path", style: "matrix", explode: true, schema: colour }, ";R=1;G=2", { R: 1, G: 2 }],
  ["a document", { in: "path", content: { "application/json": { schema: colour } } }, encodeURIComponent('{"R":1}'), { R: 1 }],
])("in the path, %s: %j as %s", async (_style, parameter, text, value) => {
  await using node = await open(parameter);
  expect((await node.request(`/x/${text}`)).status).toBe(200);
  expect(node.received[0]?.body).toEqual({ p: value });
});

test.each<[string, Written, string, object]>([
  ["form", { in: "query", schema: numbers }, "p=1&p=2", { p: [1, 2] }],
  ["form, one item", { in: "query", schema: numbers }, "p=1", { p: [1] }],
  ["form, not exploded", { in: "query", explode: false, schema: numbers }, "p=1,2", { p: [1, 2] }],
  [
    "form, a comma that is no separator",
    { in: "query", explode: false, schema: { type: "array", items: { type: "string" } } },
    "p=a%2Cb,c",
    { p: ["a,b", "c"] },
  ],
  ["form, without items", { in: "query", explode: false, schema: numbers }, "p=", { p: [] }],
  ["form, a map", { in: "query", schema: colour }, "R=1&G=2&z=3", { p: { R: 1, G: 2 }, z: "3" }],
  ["form, a map not exploded", { in: "query", explode: false, schema: colour }, "p=R,1,G,2", { p: { R: 1, G: 2 } }],
  ["spaceDelimited", { in: "query", style: "spaceDelimited", explode: false, schema: numbers }, "p=1%202+3", { p: [1, 2, 3] }],
  ["pipeDelimited", { in: "query", style: "pipeDelimited", explode: false, schema: numbers }, "p=1|2%7C3", { p: [1, 2, 3] }],
  ["pipeDelimited, exploded", { in: "query", style: "pipeDelimited", explode: true, schema: numbers }, "p=1&p=2", { p: [1, 2] }],
  ["deepObject", { in: "query", style: "deepObject", schema: colour }, "p[R]=1&p%5Bon%5D=true", { p: { R: 1, on: true } }],
  [
    "deepObject, nested",
    { in: "query", style: "deepObject", schema: { type: "object" } },
    "p[a][b]=1&p[c][]=2&p[c][]=3&p[d][0]=4",
    { p: { a: { b: "1" }, c: ["2", "3"], d: ["4"] } },
  ],
  [
    "deepObject, a name of JavaScript's",
    { in: "query", style: "deepObject", schema: { type: "object" } },
    "p[__proto__][x]=1",
    { p: JSON.parse('{"__proto__":{"x":"1"}}') },
  ],
  [
    "a document",
    { in: "query", content: { "application/json": { schema: colour } } },
    `p=${encodeURIComponent('{"R":1}')}`,
    { p: { R: 1 } },
  ],
  ["a default", { in: "query", schema: { type: "integer", default: 20 } }, "", { p: 20 }],
  ["one of several types", { in: "query", schema: { anyOf: [{ type: "integer" }, { type: "boolean" }] } }, "p=true", { p: true }],
  ["a number that may be null", { in: "query", schema: { type: ["integer", "null"] } }, "p=", { p: null }],
  ["values of an enum", { in: "query", schema: { allOf: [{ enum: [1, 2] }] } }, "p=2", { p: 2 }],
  ["reserved characters", { in: "query", allowReserved: true, schema: { type: "string" } }, "p=a/b?c=:@", { p: "a/b?c=:@" }],
  [
    "all of the query",
    {
      in: "querystring",
      content: { "application/x-www-form-urlencoded": { schema: { type: "object", properties: { a: { type: "integer" } } } } },
    },
    "a=1",
    { p: { a: 1 } },
  ],
])("in the query, %s: %j as %s", async (_style, parameter, text, body) => {
  await using node = await open(parameter);
  expect((await node.request(`/x?${text}`)).status).toBe(200);
  expect(node.received[0]?.body).toEqual(body);
});

test.each<[string, Written, Record<string, string>, object]>([
  ["a list", { in: "header", schema: numbers }, { p: "1, 2,3" }, { p: [1, 2, 3] }],
  ["a map", { in: "header", schema: colour }, { p: "R,1,G,2" }, { p: '{"R":1,"G":2}' }],
  ["a map, exploded", { in: "header", explode: true, schema: colour }, { p: "R=1,G=2" }, { p: '{"R":1,"G":2}' }],
  ["a document", { in: "header", content: { "application/json": { schema: numbers } } }, { p: "[1]" }, { p: [1] }],
  ["a default", { in: "header", schema: { type: "integer", default: 3 } }, {}, { p: 3 }],
  ["a cookie", { in: "cookie", schema: { type: "integer" } }, { cookie: "other=1; p=7" }, { "cookie-p": 7 }],
  ["a cookie with a list", { in: "cookie", explode: false, schema: numbers }, { cookie: "p=1,2" }, { "cookie-p": [1, 2] }],
])("in the headers, %s: %j", async (_style, parameter, headers, received) => {
  await using node = await open(parameter);
  expect((await node.request("/x", { headers })).status).toBe(200);
  expect(node.received[0]?.headers).toMatchObject(received);
  expect(node.received[0]?.headers).not.toHaveProperty("cookie");
});

test.each<[string, Written, string, string]>([
  ["a map with a field that is not expected", { in: "query", style: "deepObject", schema: colour }, "p[R]=1&p[Z]=1", "#/query/p/Z"],
  ["a map without a field", { in: "query", explode: false, schema: colour }, "p=G,1", "#/query/p/R"],
  ["an item of another type", { in: "query", explode: false, schema: numbers }, "p=1,x", "#/query/p/1"],
  ["a document that is none", { in: "query", content: { "application/json": { schema: colour } } }, "p={", "#/query/p"],
  ["a map without end", { in: "query", style: "deepObject", schema: { type: "object" } }, `p${"[a]".repeat(50)}=1`, "#/query/p"],
  ["a map that is a value, too", { in: "query", style: "deepObject", schema: { type: "object" } }, "p[a]=1&p[a][b]=1", "#/query/p"],
  ["a parameter that is missing", { in: "query", required: true, schema: numbers }, "", "#/query/p"],
])("%s is refused: %j as %s", async (_fault, parameter, text, pointer) => {
  await using node = await open(parameter);
  const response = await node.request(`/x?${text}`);
  const { errors } = (await response.json()) as { errors: { pointer: string }[] };
  expect([response.status, errors[0]?.pointer]).toEqual([400, pointer]);
});

test("a required cookie that is missing is refused, and what other cookies hold is nobody's business", async () => {
  await using node = await open({ in: "cookie", required: true, schema: { type: "string" } });
  const response = await node.request("/x", { headers: { cookie: "session=secret" } });
  expect([response.status, await response.text()]).toEqual([400, expect.not.stringContaining("secret")]);
});
