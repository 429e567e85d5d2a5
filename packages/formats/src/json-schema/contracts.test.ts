import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createContracts } from "../index.ts";

let directory = "";

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "contracts-"));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function write(path: string, content: unknown): Promise<void> {
  const file = join(directory, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
}

function compile(contract: Parameters<ReturnType<typeof createContracts>["compile"]>[0]) {
  return createContracts({ directory }).compile(contract);
}

const order = {
  type: "object",
  properties: {
    id: { type: "string", minLength: 1 },
    placed: { type: "string", format: "date-time" },
    currency: { enum: ["EUR", "USD"] },
    lines: {
      type: "array",
      items: { type: "object", properties: { qty: { type: "integer", minimum: 1 } }, required: ["qty"], additionalProperties: false },
    },
  },
  required: ["id"],
};

describe("JSON Schema", () => {
  test("a body that fits passes as it is", () => {
    const body = { id: "1", lines: [{ qty: 2 }], more: true };
    expect(compile({ jsonSchema: order }).check(body)).toEqual({ body });
  });

  test("every fault is named with its dotted path, without quoting texts of the body", () => {
    const body = { id: "", placed: "yesterday", currency: "secret", lines: [{ qty: 0 }, { qty: "x", "a/b": 1 }, {}] };
    expect(compile({ jsonSchema: order }).check(body)).toEqual({
      issues: [
        { path: "id", message: "must NOT have fewer than 1 characters, found an empty text" },
        { path: "placed", message: "expected the format date-time, found a text" },
        { path: "currency", message: 'expected one of "EUR" or "USD", found a text' },
        { path: "lines.0.qty", message: "must be >= 1, found the number 0" },
        { path: "lines.1.a/b", message: "is not expected" },
        { path: "lines.1.qty", message: "expected a whole number, found a text" },
        { path: "lines.2.qty", message: "is missing" },
      ],
    });
  });

  test("issues of alternatives, constants, conditions and unevaluated properties", () => {
    const jsonSchema = {
      properties: {
        any: { anyOf: [{ type: "string" }, { type: "null" }] },
        one: { oneOf: [{ type: "number" }, { type: "integer" }] },
        kind: { const: "order" },
        never: false,
        union: { type: ["string", "null"] },
      },
      if: { required: ["kind"] },
      else: false,
      ...JSON.parse('{ "then": { "required": ["id"] } }'),
      unevaluatedProperties: false,
    };
    expect(compile({ jsonSchema }).check({ any: 1, one: 1, kind: "x", never: 1, union: 2, z: 1 })).toEqual({
      issues: [
        { path: "id", message: "is missing" },
        { path: "any", message: "expected a text, found the number 1" },
        { path: "any", message: "expected null, found the number 1" },
        { path: "any", message: "fits none of the alternatives" },
        { path: "one", message: "fits more than one of the alternatives" },
        { path: "kind", message: 'expected "order", found a text' },
        { path: "never", message: "is not allowed" },
        { path: "union", message: "expected a text or null, found the number 2" },
        { path: "z", message: "is not expected" },
      ],
    });
  });

  test("at most 20 issues are listed, the rest is counted", () => {
    const result = compile({ jsonSchema: { items: { type: "number" } } }).check(Array.from({ length: 50 }, () => "x"));
    expect(result).toMatchObject({ issues: { length: 21, 20: { path: "", message: "and 30 more" } } });
  });

  test("2020-12 is the dialect unless $schema names draft-07", () => {
    const items = [{ type: "number" }];
    expect(compile({ jsonSchema: { prefixItems: items } }).check(["x"])).toHaveProperty("issues");
    expect(compile({ jsonSchema: { $schema: "http://json-schema.org/draft-07/schema#", items } }).check(["x"])).toHaveProperty("issues");
    expect(() => compile({ jsonSchema: { $schema: "http://json-schema.org/draft-03/schema#" } })).toThrow(
      expect.objectContaining({ code: "PORTOLAN_CONFIG_INVALID", hint: "leave $schema out, or name one of these" }),
    );
  });

  test("booleans are schemas, too", () => {
    expect(compile({ jsonSchema: true }).check(1)).toEqual({ body: 1 });
    expect(compile({ jsonSchema: false }).check(1)).toEqual({ issues: [{ path: "", message: "is not allowed" }] });
  });

  test("unrelated schemas may carry the same $id, and the same schema is compiled once", () => {
    const contracts = createContracts({ directory });
    const [one, two] = [
      { $id: "https://example.com/x", type: "string" },
      { $id: "https://example.com/x", type: "number" },
    ];
    expect(contracts.compile({ jsonSchema: one }).check(1)).toHaveProperty("issues");
    expect(contracts.compile({ jsonSchema: two }).check(1)).toEqual({ body: 1 });
    expect(contracts.compile({ jsonSchema: one })).toBe(contracts.compile({ jsonSchema: one }));
    expect(contracts.compile({ jsonSchema: one }).jsonSchema).toBe(one);
  });

  test("an invalid schema is a configuration error that says what is wrong with it", () => {
    expect(() => compile({ jsonSchema: { title: "Order", type: "strin", required: "id" } })).toThrow(
      expect.objectContaining({
        code: "PORTOLAN_CONFIG_INVALID",
        message: expect.stringMatching(
          /^contract Order cannot be used: expected a valid JSON Schema, found .*required: expected a list, found a text/,
        ),
      }),
    );
    expect(() => compile({ jsonSchema: { $ref: "#/$defs/none" } })).toThrow("$ref #/$defs/none, which leads nowhere");
    expect(() => compile({ jsonSchema: { properties: { a: { pattern: "(" } } } })).toThrow("contract given as JSON Schema cannot be used");
  });
});

describe("schema files", () => {
  test("a file is read relative to the directory, with the files that it refers to", async () => {
    await write("schemas/order.json", {
      properties: { to: { $ref: "parts/address.json" }, by: { $ref: "parts/address.json#/$defs/name" }, again: { $ref: "#" } },
    });
    await write("schemas/parts/address.json", {
      $defs: { name: { type: "string" } },
      properties: { name: { $ref: "#/$defs/name" }, order: { $ref: "../order.json" } },
    });
    const check = compile({ path: "schemas/order.json" });
    expect(check.check({ to: { name: "x", order: { by: "y" } } })).toHaveProperty("body");
    expect(check.check({ to: { name: 1, order: { by: 2 } }, again: { by: 3 } })).toMatchObject({
      issues: expect.arrayContaining([
        { path: "to.name", message: "expected a text, found the number 1" },
        { path: "to.order.by", message: "expected a text, found the number 2" },
        { path: "again.by", message: "expected a text, found the number 3" },
      ]),
    });
  });

  test("references are found beside the file also where schemas carry an $id of the web", async () => {
    await write("web/order.json", { $id: "https://example.com/order.json", properties: { to: { $ref: "address.json" } } });
    await write("web/address.json", { $id: "https://example.com/address.json", type: "string" });
    expect(compile({ path: "web/order.json" }).check({ to: 1 })).toEqual({
      issues: [{ path: "to", message: "expected a text, found the number 1" }],
    });
  });

  test("the same file is compiled once", async () => {
    await write("same.json", {});
    const contracts = createContracts({ directory });
    expect(contracts.compile({ path: "same.json" })).toBe(contracts.compile({ path: "./same.json" }));
  });

  test.each([
    ["none.json", undefined, "expected a readable schema file, found no such file at"],
    ["broken.json", '{\n "type" }', 'expected a JSON document, found JSON is not valid at line 2, column 9: expected ":", found "}"'],
    ["list.json", [], "expected a JSON Schema, which is a map or a boolean, found a list of 0"],
    ["wrong.json", { type: 1 }, "expected a valid JSON Schema, found type"],
    ["lost.json", { $ref: "nowhere.json" }, "found no such file at"],
    ["net.json", { $ref: "https://example.com/x.json" }, "found $ref https://example.com/x.json, which leads nowhere"],
  ])("%s is a configuration error that names file, expected and found", async (path, content, message) => {
    if (content !== undefined) await write(path, content);
    expect(() => compile({ path })).toThrow(
      expect.objectContaining({ code: "PORTOLAN_CONFIG_INVALID", message: expect.stringContaining(message) }),
    );
    expect(() => compile({ path })).toThrow(path === "lost.json" ? "nowhere.json" : path);
  });
});

describe("Standard Schema", () => {
  const schema = (jsonSchema?: object) => ({
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: (value: unknown) => (value === 1 ? { value: 2 } : { issues: [{ message: "not one", path: ["a", { key: 0 }] }] }),
      ...(jsonSchema === undefined ? {} : { jsonSchema }),
    },
  });

  test("the value checks, and its output is the body", () => {
    const check = compile(schema());
    expect(check.check(1)).toEqual({ body: 2 });
    expect(check.check(3)).toEqual({ issues: [{ path: "a.0", message: "not one" }] });
    expect(check.jsonSchema).toBeUndefined();
  });

  test("its JSON Schema is that of what it accepts, where it can express one", () => {
    const targets: unknown[] = [];
    const input = (options: unknown) => {
      targets.push(options);
      return { type: "number" };
    };
    expect(compile(schema({ input, output: input })).jsonSchema).toEqual({ type: "number" });
    expect(targets).toEqual([{ target: "draft-2020-12" }]);
    const unable = () => {
      throw new Error("cannot be expressed");
    };
    const check = compile(schema({ input: unable, output: unable }));
    expect(check.jsonSchema).toBeUndefined();
    expect(check.check(1)).toEqual({ body: 2 });
  });
});

test("patterns that are valid only without Unicode are taken as such, others as Unicode", () => {
  const loose = compile({ jsonSchema: { pattern: "^a\\_b$" } });
  expect(loose.check("a_b")).toHaveProperty("body");
  expect(loose.check("ab")).toHaveProperty("issues");
  expect(compile({ jsonSchema: { pattern: "^.$" } }).check("😀")).toHaveProperty("body");
});

test.each(["valueOf", "toString"])("a body with a field called %s is refused where maps are compared, and harms nobody", (name) => {
  const { check } = compile({ jsonSchema: { type: "array", uniqueItems: true, items: { type: "object" } } });
  expect(check([{ [name]: 1 }, { [name]: 2 }])).toMatchObject({ issues: [{ message: expect.stringContaining("valueOf or toString") }] });
  expect(check([{ a: 1 }, { a: 2 }])).toEqual({ body: [{ a: 1 }, { a: 2 }] });
});
