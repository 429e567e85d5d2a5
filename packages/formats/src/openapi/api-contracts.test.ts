import { expect, test } from "vitest";
import { apiContracts, readApiDocument } from "./index.ts";

function contractsOf(schemas: object, openapi = "3.1.0") {
  const document = { openapi, info: { title: "Schemas", version: "1" }, paths: {}, components: { schemas } };
  const contracts = apiContracts(readApiDocument(document));
  const of = (direction: "request" | "response", name: string) => {
    const contract = contracts[direction]({ $ref: `#/$defs/${name}` });
    return (body: unknown) => {
      const result = contract.check(body);
      return "issues" in (result as object)
        ? (result as { issues: { path: string; message: string }[] }).issues.map(({ path, message }) => `${path}: ${message}`)
        : [];
    };
  };
  return of;
}

test("what only one side sees need not be there for the other", () => {
  const of = contractsOf({
    Order: {
      type: "object",
      properties: { id: { type: "integer", readOnly: true }, secret: { type: "string", writeOnly: true } },
      required: ["id", "secret"],
    },
  });
  expect(of("request", "Order")({ secret: "s" })).toEqual([]);
  expect(of("request", "Order")({ id: 1 })).toEqual(["secret: is missing"]);
  expect(of("response", "Order")({ id: 1 })).toEqual([]);
});

test("a discriminator tells the way, by the mapping or by the name of the schema", () => {
  const named = { type: "object", properties: { kind: { type: "string" }, name: { type: "string" } }, required: ["kind"] };
  const of = contractsOf({
    Cat: named,
    Dog: named,
    Bird: { ...named, properties: { kind: { enum: ["wren", "robin"] } } },
    Pet: {
      oneOf: ["Cat", "Dog", "Bird"].map((name) => ({ $ref: `#/components/schemas/${name}` })),
      discriminator: { propertyName: "kind", mapping: { tom: "#/components/schemas/Cat", kitty: "#/components/schemas/Cat" } },
    },
  });
  const pet = of("request", "Pet");
  expect(["tom", "kitty", "Dog", "wren"].map((kind) => pet({ kind }))).toEqual([[], [], [], []]);
  expect(pet({ kind: "Cat" })).toContainEqual(expect.stringContaining("fits none of the alternatives"));
});

test("null where 3.0 says nullable, and formats of OpenAPI are checked", () => {
  const of = contractsOf(
    {
      Row: {
        type: "object",
        properties: {
          name: { type: "string", nullable: true },
          size: { type: "integer", format: "int32" },
          data: { type: "string", format: "byte" },
          at: { type: "string", format: "date-time" },
        },
      },
    },
    "3.0.3",
  );
  const row = of("request", "Row");
  expect(row({ name: null, size: 1, data: "YQ==", at: "2026-01-02T03:04:05Z" })).toEqual([]);
  expect(row({ size: 2 ** 40, data: "?", at: "today" }).map((issue) => issue.split(":")[0])).toEqual(["size", "data", "at"]);
});

test("schemas that refer to each other, and patterns without Unicode, are compiled when they are needed", () => {
  const of = contractsOf({
    A: { type: "object", properties: { b: { $ref: "#/components/schemas/B" } } },
    B: { type: "object", properties: { a: { $ref: "#/components/schemas/A" }, code: { type: "string", pattern: "^\\_\\-$" } } },
  });
  expect(of("request", "A")({ b: { a: { b: { code: "_-" } } } })).toEqual([]);
  expect(of("response", "A")({ b: { a: { b: { code: "x" } } } })).toHaveLength(1);
});

test.each([
  [{ type: "strin" }, "the schema Bad of the API description is no JSON Schema: type"],
  [{ pattern: "(" }, "the schema Bad of the API description is no JSON Schema: Invalid regular expression"],
])("the schema %j is refused before any message", (schema, reason) => {
  expect(() => contractsOf({ Bad: schema })("request", "Bad")).toThrow(
    expect.objectContaining({ code: "PORTOLAN_CONFIG_INVALID", message: expect.stringContaining(reason) }),
  );
});
