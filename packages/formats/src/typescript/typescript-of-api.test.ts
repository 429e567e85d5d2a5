import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createTemporaryFolder } from "@portolan/testkit";
import { expect, it } from "vitest";
import { readApiDocument } from "../openapi/index.ts";
import { typescriptOfApi } from "./index.ts";

type Part = Readonly<Record<string, unknown>>;

function typesOf(paths: Part, schemas: Part = {}): string {
  return typescriptOfApi(readApiDocument({ openapi: "3.1.0", info: { title: "Shop", version: "1" }, paths, components: { schemas } }));
}

const json = (schema: unknown) => ({ content: { "application/json": { schema } } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The type of a schema, as the reply of an operation has it. */
function typeOf(schema: unknown, schemas: Part = {}): string {
  const text = typesOf({ "/a": { get: { operationId: "a", responses: { 200: { description: "", ...json(schema) } } } } }, schemas);
  return (/readonly reply: ([^]*?);\n {2}\};\n\}/.exec(text)?.[1] ?? "") + text.split(/^\}\n/m).slice(1).join("}\n");
}

it("writes parameters by their places, the body and the reply of every operation", () => {
  const text = typesOf(
    {
      "/orders/{id}": {
        put: {
          operationId: "putOrder",
          summary: "Replaces an order. */ @evil",
          deprecated: true,
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "integer" } },
            { name: "dry-run", in: "query", schema: { type: "boolean" } },
            { name: "X-Tenant", in: "header", required: true, schema: { type: "string" } },
          ],
          requestBody: { required: true, ...json(ref("Order")) },
          responses: {
            200: { description: "", ...json(ref("Order")) },
            204: { description: "" },
            400: { description: "", ...json(ref("Problem")) },
          },
        },
        delete: { responses: {} },
      },
    },
    {
      Order: {
        type: "object",
        description: "What\nsomebody wants.",
        properties: {
          id: { type: "integer", readOnly: true },
          note: { type: ["string", "null"] },
          secret: { type: "string", writeOnly: true },
        },
        required: ["id", "note", "secret"],
      },
      Problem: { type: "object" },
    },
  );
  expect(text).toBe(`// Made by \`portolan describe --typescript\`. Do not edit.
/** The operations of Shop 1. */
export interface Operations {
  /** Replaces an order. *\\/ \\@evil @deprecated */
  readonly putOrder: {
    readonly path: {
      readonly id: number;
    };
    readonly query: {
      readonly "dry-run"?: boolean;
    };
    readonly headers: {
      readonly "X-Tenant": string;
    };
    readonly body: OrderInput;
    readonly reply: Order | null;
  };
  readonly "DELETE /orders/{id}": {
    readonly path: {
      readonly id: string;
    };
    readonly reply: unknown;
  };
}

/** What somebody wants. */
export interface OrderInput {
  readonly id?: number;
  readonly note: string | null;
  readonly secret: string;
}

/** What somebody wants. */
export interface Order {
  readonly id: number;
  readonly note: string | null;
  readonly secret?: string;
}
`);
});

it.each([
  ["a list", { type: "array", items: { type: ["string", "null"] } }, "readonly (string | null)[]"],
  ["alternatives of constants", { enum: ["a", 1, null, true] }, '"a" | 1 | null | true'],
  ["numbers that are listed as texts", { type: "integer", enum: ["1", "2"] }, "number"],
  ["a map", { type: "object", additionalProperties: { type: "number" } }, "{ readonly [name: string]: number }"],
  [
    "a pair",
    { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], minItems: 1, items: false },
    "readonly [string, number?]",
  ],
  ["one of several", { oneOf: [{ type: "string" }, { type: "array", items: {} }] }, "string | (readonly unknown[])"],
  ["all of several", { allOf: [{ type: "object", additionalProperties: {} }, true] }, "{ readonly [name: string]: unknown }"],
  ["nothing", false, "never"],
  ["a value of any kind", {}, "unknown"],
])("%s", (_name, schema, expected) => {
  expect(typeOf(schema)).toBe(expected);
});

it("writes the same text for the same document", () => {
  const paths = { "/a": { get: { operationId: "a", responses: { 200: { description: "", ...json(ref("A")) } } } } };
  const schemas = { A: { type: "object", properties: { b: ref("B") } }, B: { oneOf: [ref("A"), { type: "null" }] } };
  expect(typesOf(paths, schemas)).toBe(typesOf(paths, schemas));
});

it("writes what compiles, whatever schemas are called and however they refer to one another", async () => {
  const names = [
    "a.b",
    "a-b",
    "a_b",
    "1st",
    "string",
    "Operations",
    "Uint8Array",
    "größe",
    "日本",
    "",
    "__proto__",
    "constructor",
    "class",
  ];
  const odd = Object.fromEntries([
    ...names.map((name) => [
      name,
      { type: "object", properties: { [name]: { type: "string" }, 'a"b\u2028\n': {} }, required: [name, "and another"] },
    ]),
    ["Self", ref("Self2")],
    ["Self2", { anyOf: [ref("Self"), { type: "string" }] }],
    ["Tree", { type: "object", properties: { children: { type: "array", items: ref("Tree") }, parent: ref("Tree") } }],
    ["List", { type: "array", items: ref("List") }],
    [
      "Pet",
      {
        type: "object",
        properties: { kind: { type: "string" } },
        oneOf: [ref("Cat"), ref("Dog")],
        discriminator: { propertyName: "kind" },
      },
    ],
    [
      "Cat",
      {
        allOf: [
          ref("Pet"),
          { type: "object", properties: { kind: { const: "cat" }, lives: { type: "integer", readOnly: true } }, required: ["lives"] },
        ],
      },
    ],
    [
      "Dog",
      {
        allOf: [ref("Pet")],
        properties: { kind: { enum: ["dog"] }, more: { additionalProperties: ref("Dog") } },
        additionalProperties: ref("Cat"),
      },
    ],
    ["Nothing", { enum: [] }],
    ["Deep", { const: { a: [1, { "b c": null }] } }],
  ]);
  const all = {
    type: "object",
    properties: Object.fromEntries(Object.keys(odd).map((name, index) => [`p${index}`, ref(encodeURIComponent(name))])),
  };
  const text = typesOf(
    { "/a": { post: { operationId: "class", requestBody: json(all), responses: { default: { description: "", ...json(all) } } } } },
    odd,
  );
  await using folder = await createTemporaryFolder();
  await folder.put("api.ts", text);
  await folder.put(
    "use.ts",
    'import type { Operations, Tree } from "./api.ts";\nexport const tree: Tree = { children: [{ parent: {} }] };\nexport type All = Operations["class"]["reply"];\n',
  );
  const tsc = join(import.meta.dirname, "../../../../node_modules/typescript/bin/tsc");
  const options = [
    "--ignoreConfig",
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
    "--allowImportingTsExtensions",
    "--module",
    "nodenext",
    "--types",
    "",
  ];
  expect(compile([tsc, ...options, join(folder.root, "api.ts"), join(folder.root, "use.ts")])).toBe("");
});

function compile(argv: readonly string[]): string {
  try {
    return execFileSync(process.execPath, argv, { encoding: "utf8" });
  } catch (error) {
    return error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
  }
}
