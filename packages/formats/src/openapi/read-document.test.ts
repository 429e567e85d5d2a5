import { PortolanError } from "@portolan/core";
import { createContracts } from "@portolan/formats";
import { describe, expect, it, test } from "vitest";
import { readApiDocument, standaloneSchema } from "./index.ts";

const info = { title: "Orders", version: "1.2.0" };
const ok = { "200": { description: "ok" } };

function refusal(document: unknown): string {
  try {
    readApiDocument(document);
  } catch (error) {
    if (error instanceof PortolanError && error.code === "PORTOLAN_FORMAT_INVALID") return error.message;
    throw error;
  }
  throw new Error("it was read");
}

describe("a description of OpenAPI", () => {
  it("offers its operations with parameters, bodies, responses and security", () => {
    const api = readApiDocument({
      openapi: "3.1.0",
      info,
      servers: [{ url: "https://shop.example/v1" }],
      tags: [{ name: "orders", description: "All about orders." }],
      security: [{ key: [] }],
      paths: {
        "/orders/{id}": {
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "integer" } },
            { name: "expand", in: "query", schema: { type: "array", items: { type: "string" } }, style: "pipeDelimited" },
          ],
          put: {
            operationId: "putOrder",
            tags: ["orders"],
            deprecated: true,
            parameters: [
              { name: "expand", in: "query", explode: false, schema: { type: "array", items: { type: "string" } } },
              { name: "Authorization", in: "header", schema: { type: "string" } },
            ],
            requestBody: {
              required: true,
              content: { "application/json": { schema: { $ref: "#/components/schemas/Order" }, example: { id: 1 } } },
            },
            responses: {
              201: { description: "made", headers: { Location: { schema: { type: "string" } } } },
              "4xx": { description: "no" },
            },
            security: [{ oauth: ["write"] }],
          },
        },
      },
      components: {
        schemas: { Order: { type: "object", properties: { next: { $ref: "#/components/schemas/Order" } } } },
        securitySchemes: { key: { type: "apiKey", in: "header", name: "x-key" } },
      },
    });
    expect(api).toMatchObject({ dialect: "OpenAPI 3.1.0", title: "Orders", version: "1.2.0", servers: ["https://shop.example/v1"] });
    expect(api.operations).toEqual([
      {
        id: "putOrder",
        method: "PUT",
        path: "/orders/{id}",
        summary: undefined,
        description: undefined,
        tags: ["orders"],
        deprecated: true,
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "integer" } },
          {
            name: "expand",
            in: "query",
            required: false,
            separator: ",",
            explode: false,
            schema: { type: "array", items: { type: "string" } },
          },
        ],
        body: {
          required: true,
          content: [{ mediaType: "application/json", schema: { $ref: "#/$defs/Order" }, examples: [{ value: { id: 1 } }] }],
        },
        responses: [
          {
            status: "201",
            description: "made",
            content: [],
            headers: [{ name: "Location", required: false, schema: { type: "string" } }],
          },
          { status: "4XX", description: "no", content: [], headers: [] },
        ],
        security: [{ oauth: ["write"] }],
      },
    ]);
    expect(standaloneSchema({ $ref: "#/$defs/Order" }, api.schemas)).toEqual({
      $ref: "#/$defs/Order",
      $defs: { Order: { type: "object", properties: { next: { $ref: "#/$defs/Order" } } } },
    });
  });

  it("says in JSON Schema what 3.0 has words of its own for", () => {
    const { schemas } = readApiDocument({
      openapi: "3.0.3",
      info,
      paths: {},
      components: {
        schemas: {
          Price: { type: "number", minimum: 0, exclusiveMinimum: true, example: 2 },
          Name: { type: "string", nullable: true, enum: ["a"] },
          Either: { nullable: true, oneOf: [{ $ref: "#/components/schemas/Price", description: "left out" }] },
          // Fields may be called as keywords are.
          Fields: { type: "object", properties: { nullable: { type: "boolean", nullable: true }, example: { type: "string" } } },
        },
      },
    });
    expect(schemas).toEqual({
      Price: { type: "number", exclusiveMinimum: 0, examples: [2] },
      Name: { type: ["string", "null"], enum: ["a", null] },
      Either: { anyOf: [{ oneOf: [{ $ref: "#/$defs/Price" }] }, { type: "null" }] },
      Fields: { type: "object", properties: { nullable: { type: ["boolean", "null"] }, example: { type: "string" } } },
    });
  });

  it("reads Swagger 2.0 alike: body, forms, collections, and security", () => {
    const api = readApiDocument({
      swagger: "2.0",
      info,
      host: "shop.example",
      basePath: "/v1",
      schemes: ["http"],
      consumes: ["application/xml"],
      securityDefinitions: {
        basic: { type: "basic" },
        oauth: { type: "oauth2", flow: "accessCode", authorizationUrl: "https://a", tokenUrl: "https://t", scopes: { read: "r" } },
      },
      definitions: { Order: { type: "object" } },
      paths: {
        "/orders": {
          post: {
            parameters: [
              { name: "tags", in: "query", type: "array", items: { type: "string" } },
              { name: "text", in: "query", type: "string" },
              { name: "order", in: "body", required: true, schema: { $ref: "#/definitions/Order" } },
            ],
            responses: { 200: { description: "ok", schema: { $ref: "#/definitions/Order" }, examples: { "application/json": { id: 1 } } } },
          },
        },
        "/files": {
          post: { parameters: [{ name: "file", in: "formData", type: "file", required: true }], responses: ok },
        },
      },
    });
    expect(api.servers).toEqual(["http://shop.example/v1"]);
    expect(api.securitySchemes).toEqual({
      basic: { type: "http", scheme: "basic" },
      oauth: {
        type: "oauth2",
        flows: { authorizationCode: { authorizationUrl: "https://a", tokenUrl: "https://t", scopes: { read: "r" } } },
      },
    });
    const [order, files] = api.operations;
    expect(order).toMatchObject({
      id: "POST /orders",
      parameters: [
        { name: "tags", separator: ",", schema: { type: "array", items: { type: "string" } } },
        // A text with a comma is one text.
        { name: "text", schema: { type: "string" } },
      ],
      body: { required: true, content: [{ mediaType: "application/xml", schema: { $ref: "#/$defs/Order" } }] },
      responses: [{ content: [{ mediaType: "application/json", schema: { $ref: "#/$defs/Order" }, examples: [{ value: { id: 1 } }] }] }],
    });
    expect(order?.parameters[1]).not.toHaveProperty("separator");
    expect(files?.body?.content).toEqual([
      {
        mediaType: "multipart/form-data",
        examples: [],
        schema: { type: "object", properties: { file: { type: "string", format: "binary" } }, required: ["file"] },
      },
    ]);
  });

  it("follows references to files beside it, wherever these refer to", () => {
    const files: Readonly<Record<string, unknown>> = {
      "paths/orders.yaml": {
        get: {
          operationId: "list",
          responses: { 200: { description: "ok", content: { "application/json": { schema: { $ref: "../schemas.yaml#/Order" } } } } },
        },
      },
      "schemas.yaml": { Order: { properties: { line: { $ref: "#/Line" } } }, Line: { type: "string" } },
    };
    const api = readApiDocument(
      { openapi: "3.1.0", info, paths: { "/orders": { $ref: "paths/orders.yaml" } } },
      { file: "openapi.yaml", load: (name) => files[name] },
    );
    expect(api.operations[0]?.responses[0]?.content[0]?.schema).toEqual({ $ref: "#/$defs/Order" });
    expect(api.schemas).toEqual({ Order: { properties: { line: { $ref: "#/$defs/Line" } } }, Line: { type: "string" } });
  });

  it("gives an operation without an id of its own the method and path", () => {
    const get = { operationId: "same", responses: ok };
    const { operations } = readApiDocument({
      openapi: "3.2.0",
      info,
      paths: { "/a": { get, query: get }, "/b": { get: { responses: ok } } },
    });
    expect(operations.map(({ id }) => id)).toEqual(["same", "QUERY /a", "GET /b"]);
  });

  it("yields schemas that can be compiled, those with a dot, a slash or a percent sign in their names, too", () => {
    const names = ["shop.Order", "a/b", "50%", "größe"];
    const document = {
      openapi: "3.0.0",
      info,
      paths: {},
      components: {
        schemas: {
          ...Object.fromEntries(names.map((name) => [name, { type: "integer" }])),
          All: {
            type: "object",
            properties: Object.fromEntries(
              names.map((name) => [name, { $ref: `#/components/schemas/${encodeURIComponent(name.replace("/", "~1"))}` }]),
            ),
          },
        },
      },
    };
    const { schemas } = readApiDocument(document);
    const contract = createContracts({ directory: "." }).compile({ jsonSchema: standaloneSchema(schemas["All"] ?? false, schemas) });
    for (const name of names) {
      expect(contract.check({ [name]: 1 })).toHaveProperty("body");
      expect(contract.check({ [name]: "x" })).toHaveProperty("issues");
    }
  });
});

test.each([
  ["text", "expected a map"],
  [{}, "neither openapi nor swagger"],
  [{ swagger: "1.2" }, "it is Swagger 1.2"],
  [{ openapi: "4.0.0" }, "it is OpenAPI 4.0.0"],
  [{ openapi: "3.0.0", paths: [] }, "paths: expected a map"],
  [{ openapi: "3.0.0", paths: { orders: {} } }, '"orders" does not begin with a slash'],
  [{ openapi: "3.0.0", paths: { "/a": { get: 1 } } }, "GET /a: expected a map"],
  [
    { openapi: "3.0.0", paths: { "/a": { get: { parameters: [{ in: "query" }] } } } },
    "GET /a: parameters.0: expected a map with name and in",
  ],
  [{ openapi: "3.0.0", paths: { "/a": { get: { responses: { ok: {} } } } } }, "GET /a: responses.ok: expected a status"],
  [{ openapi: "3.0.0", paths: { "/a": { $ref: "#/paths/~1b" } } }, '$ref #/paths/~1b leads nowhere: there is no "/b"'],
  [{ openapi: "3.0.0", paths: { "/a": { $ref: "other.yaml" } } }, "which is not fetched"],
  [{ openapi: "3.0.0", components: { schemas: { A: { $ref: "#/components/schemas/A" } } } }, "leads in a circle"],
])("%j is refused with the reason: %s", (document, reason) => {
  expect(refusal(document)).toContain(reason);
});
