import { readFile } from "node:fs/promises";
import { createTemporaryFolder } from "@portolan/testkit";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { command } from "../io.test.support.ts";

const FLOW = `
routes:
  getOrder:
    input:
      type: object
      required: [id]
      properties: { id: { type: string }, fields: { $ref: "#/$defs/Fields" }, at: { type: string, examples: [today, tomorrow] } }
      examples: [{ id: "7", fields: [total] }, { id: "8" }]
      $defs: { Fields: { type: array, items: { $ref: "#/$defs/Field" } }, Field: { enum: [id, total] } }
    output: { $ref: "#/$defs/Found", $defs: { Found: { type: object, properties: { id: { type: string } }, examples: [{ id: "7" }, { id: "8" }] } } }
    from: [{ rest: { get: "/orders/:id", produces: [application/json, text/csv], parameters: { headers: { type: object, properties: { x-shop: { type: string, examples: [north] } } } } } }]
    steps: [{ map: '{ "id": id }' }]
  putNote:
    input: { type: string, examples: [Ring twice.] }
    from: [{ rest: { put: "/notes/:id", consumes: [text/plain, application/merge-patch+json], mode: accept, credentials: { apiKey: { ada: k }, bearer: { bot: t } } } }]
    steps: [{ map: body }]
  removeNote: { from: [{ rest: { delete: "/files/*", status: 204 } }], steps: [{ map: body }] }
`;

async function openApiOf(files: Readonly<Record<string, string>>) {
  await using folder = await createTemporaryFolder();
  for (const [name, content] of Object.entries(files)) await folder.put(name, content);
  const { code, stderr } = await command(["docs", "--out", "public"], { directory: folder.root });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(await readFile(folder.path("public/openapi.json"), "utf8")) as Record<string, unknown>;
}

test("the document of an app's doors is one of OpenAPI 3.1 by its official schema, with references that lead somewhere", async () => {
  const document = await openApiOf({ "orders.flow.yaml": FLOW });
  const validator = new Validator();
  expect(await validator.validate(document)).toMatchObject({ valid: true });
  expect(() => validator.resolveRefs()).not.toThrow();
  // The schema would tell.
  expect(await new Validator().validate({ ...document, paths: { "/orders": { get: { parameters: [{ name: "id" }] } } } })).toMatchObject({
    valid: false,
  });
});

test("examples of contracts become those of bodies, parameters and replies", async () => {
  const document = await openApiOf({ "orders.flow.yaml": FLOW });
  expect(document).toMatchObject({
    paths: {
      "/orders/{id}": {
        get: {
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "string" }, example: "7" },
            { name: "fields", in: "query", schema: { $ref: "#/components/schemas/Fields" }, example: ["total"] },
            { name: "at", in: "query", example: "today" },
            { name: "x-shop", in: "header", example: "north" },
          ],
          responses: {
            200: {
              content: {
                "application/json": { examples: { example1: { value: { id: "7" } }, example2: { value: { id: "8" } } } },
              },
            },
          },
        },
      },
      "/notes/{id}": {
        put: {
          requestBody: {
            content: { "text/plain": { example: "Ring twice." }, "application/merge-patch+json": { example: "Ring twice." } },
          },
        },
      },
    },
    components: { schemas: { Fields: { items: { $ref: "#/components/schemas/Field" } }, Field: { enum: ["id", "total"] } } },
  });
  // No data as it would stand in CSV, and no id before there is a message.
  const without = (place: readonly string[]) => expect(document).not.toHaveProperty(["paths", ...place]);
  for (const word of ["example", "examples"]) {
    without(["/orders/{id}", "get", "responses", "200", "content", "text/csv", word]);
    without(["/notes/{id}", "put", "responses", "202", "content", "application/json", word]);
  }
});
