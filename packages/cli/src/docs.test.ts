import { isRecord } from "@portolan/core";
import { readApiDocument, writeApiDocument } from "@portolan/formats/openapi";
import { createTemporaryFolder } from "@portolan/testkit";
import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { command } from "./io.test.support.ts";

const FLOW = `
systems: { erp: { title: SAP ERP } }
routes:
  placeOrder:
    title: Places an order.
    tags: [orders]
    input: order.json
    output: { type: object, properties: { order: { $ref: "#/$defs/Id" } }, $defs: { Id: { type: string } } }
    from: [{ rest: { post: /orders, status: 201 } }]
    steps: [{ call: { rest: { post: "https://erp.example/orders" }, system: erp } }]
  findOrders:
    input: { type: object, properties: { id: { type: integer }, limit: { type: integer } }, required: [id] }
    from: [{ rest: { get: "/customers/:id/orders" } }]
    steps: [{ map: '{ "ok": true }' }]
  getOrder:
    from: [{ rest: { api: api.yaml, operation: getOrder } }]
    steps: [{ map: '{ "id": 1 }' }]
`;
const CHANNELS = `
channels:
  orders.accepted: { contract: order.json, orderedBy: id }
  approvals: {}
  dead: {}
routes:
  accept:
    title: Accepts orders.
    from: [{ rest: { post: /accept } }]
    steps:
      - choice:
          when: [{ when: total > 10, steps: [{ to: { channel: approvals } }] }]
          otherwise: [{ to: { channel: orders.accepted } }]
  approve:
    input: { type: object, title: Approval }
    tags: [people]
    from: [{ channel: approvals }]
    steps: [{ to: { channel: orders.accepted } }]
`;
const API = `
swagger: "2.0"
info: { title: Old, version: "1" }
basePath: /v1
definitions: { Order: { type: object, properties: { id: { type: integer, x-nullable: true } } } }
securityDefinitions: { key: { type: apiKey, in: header, name: x-key } }
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      security: [{ key: [] }]
      parameters: [{ name: id, in: path, required: true, type: integer }, { name: f, in: query, type: array, items: { type: string } }]
      responses: { 200: { description: The order., schema: { $ref: "#/definitions/Order" } } }
`;

test("docs writes the doors of an app as OpenAPI, in JSON and YAML, and what is read of it says the same", async () => {
  await using folder = await createTemporaryFolder();
  await folder.put("orders.flow.yaml", FLOW);
  await folder.put("api.yaml", API);
  await folder.put("order.json", { title: "Order", type: "object", properties: { parent: { $ref: "#" } } });
  const outcome = await command(["docs", "--out", "public", "--api-version", "2.1"], { directory: folder.root });
  expect(outcome).toEqual({
    code: 0,
    stderr: "",
    stdout: "wrote public/openapi.json\nwrote public/openapi.yaml\nwrote public/index.html and its pages\n",
  });
  const document: unknown = JSON.parse(await readFile(folder.path("public/openapi.json"), "utf8"));
  expect(document).toMatchObject({
    openapi: "3.1.1",
    info: { version: "2.1" },
    tags: [{ name: "erp", description: "SAP ERP" }],
    paths: {
      "/orders": {
        post: {
          operationId: "placeOrder",
          summary: "Places an order.",
          tags: ["orders", "erp"],
          requestBody: { required: true, content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
          responses: {
            "201": { content: { "application/json": { schema: { $ref: "#/components/schemas/placeOrderOutput" } } } },
            "4XX": { content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } } },
          },
        },
      },
      "/customers/{id}/orders": {
        get: {
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "integer" } },
            { name: "limit", in: "query", schema: { type: "integer" } },
          ],
        },
      },
      "/v1/orders/{id}": {
        get: {
          security: [{ key: [] }],
          parameters: [
            { name: "id", in: "path" },
            { name: "f", explode: false, schema: { type: "array" } },
          ],
          // The name is taken by another schema.
          responses: { "200": { content: { "application/json": { schema: { $ref: "#/components/schemas/Order2" } } } } },
        },
      },
    },
    components: {
      schemas: {
        Order: { properties: { parent: { $ref: "#/components/schemas/Order" } } },
        Order2: { properties: { id: { type: ["integer", "null"] } } },
        placeOrderOutput: { properties: { order: { $ref: "#/components/schemas/Id" } } },
        Id: { type: "string" },
      },
      securitySchemes: { key: { type: "apiKey", in: "header", name: "x-key" } },
    },
  });
  const described = await command(["describe", "public/openapi.yaml"], { directory: folder.root });
  expect(described).toMatchObject({ code: 0, stdout: expect.stringContaining("GET /v1/orders/{id}") });
  expect(isRecord(document) && writeApiDocument(readApiDocument(document))).toEqual(document);
});

test("docs writes the channels of an app as AsyncAPI: what each carries, who sends to it, and who reads it", async () => {
  await using folder = await createTemporaryFolder();
  await folder.put("orders.flow.yaml", CHANNELS);
  await folder.put("order.json", { title: "Order", type: "object", properties: { id: { type: "string" } } });
  await command(["docs", "--out", "public"], { directory: folder.root });
  expect(JSON.parse(await readFile(folder.path("public/asyncapi.json"), "utf8"))).toMatchObject({
    asyncapi: "3.0.0",
    info: { version: "1.0.0" },
    channels: {
      "orders.accepted": {
        address: "orders.accepted",
        description: expect.stringContaining("Messages of one key are processed one after another."),
        messages: { "orders.accepted.message": { $ref: "#/components/messages/orders.accepted.message" } },
      },
      dead: { description: expect.stringContaining("could not be processed") },
    },
    operations: {
      "accept.send.approvals": { action: "send", channel: { $ref: "#/channels/approvals" }, summary: "Accepts orders." },
      "accept.send.orders.accepted": { action: "send" },
      "approve.receive.approvals": { action: "receive", tags: [{ name: "people" }] },
      "approve.send.orders.accepted": { action: "send", channel: { $ref: "#/channels/orders.accepted" } },
    },
    components: {
      messages: {
        "orders.accepted.message": { payload: { $ref: "#/components/schemas/Order" } },
        // What its only reader accepts.
        "approvals.message": { payload: { $ref: "#/components/schemas/Approval" } },
      },
    },
  });
  const described = await command(["describe", "public/asyncapi.yaml"], { directory: folder.root });
  expect(described).toMatchObject({ code: 0, stdout: expect.stringMatching(/approve.receive.approvals +receive approvals +Approval/) });
});
