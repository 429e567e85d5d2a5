import { expect, test } from "vitest";
import { createFormats } from "@portolan/formats";
import { json, openDoor } from "./door.test.support.ts";
import { restConnector } from "./index.ts";

const Order = {
  type: "object",
  properties: {
    id: { type: "integer", minimum: 1 },
    customer: { type: "string", minLength: 1 },
    secret: { type: "string", writeOnly: true },
    parent: { $ref: "#/components/schemas/Order" },
  },
  required: ["id", "customer"],
};
const examples = { ada: { value: { id: 1, customer: "Ada" } }, wrong: { value: { id: "x" } } };
const problem = {
  "application/problem+json": { schema: { type: "object", properties: { status: { const: 404 } }, required: ["status"] } },
};

const FILES: Readonly<Record<string, unknown>> = {
  "openapi.yaml": {
    openapi: "3.1.0",
    info: { title: "Orders", version: "1" },
    paths: {
      "/orders/{id}": {
        get: {
          operationId: "getOrder",
          parameters: [{ name: "id", in: "path", required: true, schema: { type: "integer" } }],
          responses: {
            200: {
              description: "the order",
              headers: { "X-Rate": { schema: { type: "integer", minimum: 7, maximum: 7 } } },
              content: {
                "application/json": { schema: { $ref: "#/components/schemas/Order" }, examples },
                "application/xml": { schema: { $ref: "#/components/schemas/Order" }, example: "<order/>" },
              },
            },
            404: { description: "none", content: problem },
            "5XX": { description: "a fault" },
          },
        },
        patch: {
          operationId: "badOrder",
          responses: { 200: { description: "", content: { "application/json": { schema: { type: "strin" } } } } },
        },
        delete: { operationId: "dropOrder", responses: { 204: { description: "gone" } } },
      },
      "/orders": {
        post: {
          operationId: "placeOrder",
          requestBody: { required: true, content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
          responses: {
            201: { description: "placed", content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } } },
          },
        },
        get: {
          operationId: "listOrders",
          responses: {
            200: { description: "all", content: { "application/json": { schema: { type: "string", minLength: 2, maxLength: 1 } } } },
          },
        },
      },
    },
    components: { schemas: { Order } },
  },
};
const readFile = (path: string) => FILES[path];
const open = (operation: string, more: object = {}) =>
  openDoor({ options: { api: "openapi.yaml", operation, mock: true, ...more }, readFile });
const asked = (headers: Record<string, string>) => ({ headers });

test("a mock answers with an example of its document that fits the schema, and calls no route", async () => {
  await using node = await open("getOrder");
  const response = await node.request("/orders/7");
  expect([response.status, response.headers.get("content-type"), response.headers.get("x-rate"), await response.json()]).toEqual([
    200,
    "application/json",
    "7",
    { id: 1, customer: "Ada" },
  ]);
  expect(node.received).toEqual([]);
});

test("without an example the answer is made of the schema, the same each time", async () => {
  await using node = await open("placeOrder");
  const place = async (headers = {}) => (await node.request("/orders", json({ id: 1, customer: "Ada" }, headers))).json();
  const order = (await place()) as Record<string, unknown>;
  expect(order).toEqual({ id: expect.any(Number), customer: expect.any(String) });
  expect(await place()).toEqual(order);
  expect(await place({ prefer: "seed=2" })).not.toEqual(order);
});

test("a response that is described by no schema is said at start", async () => {
  await expect(open("badOrder")).rejects.toThrow("is no JSON Schema: type");
});

test("requests are checked as ever", async () => {
  await using node = await open("placeOrder");
  expect((await node.request("/orders", json({ id: 1 }))).status).toBe(400);
  await using other = await open("getOrder");
  expect((await other.request("/orders/seven")).status).toBe(400);
});

test("the caller chooses status, example and media type", async () => {
  await using node = await open("getOrder");
  const get = async (headers: Record<string, string>) => {
    const response = await node.request("/orders/7", asked(headers));
    return [response.status, response.headers.get("preference-applied"), response.headers.get("content-type"), await response.text()];
  };
  expect(await get({ prefer: "code=404" })).toEqual([404, "code=404", "application/problem+json", '{"status":404}']);
  expect(await get({ prefer: "code=503" })).toEqual([503, "code=503", null, ""]);
  expect(await get({ prefer: 'example="wrong"' })).toEqual([200, "example=wrong", "application/json", '{"id":"x"}']);
  expect(await get({ accept: "application/xml" })).toEqual([200, null, "application/xml", "<order/>"]);
  const [status, , , made] = await get({ prefer: "dynamic=true", accept: "application/xml" });
  expect([status, made]).toEqual([200, expect.stringMatching(/<Order><id>\d+<\/id>/)]);
});

test("what the document does not promise is refused", async () => {
  await using node = await open("getOrder");
  const refused = async (headers: Record<string, string>) => {
    const response = await node.request("/orders/7", asked(headers));
    return [response.status, ((await response.json()) as { detail: string }).detail];
  };
  expect(await refused({ prefer: "code=302" })).toEqual([
    400,
    expect.stringContaining("promises no status 302; it promises 200, 404 or 5XX"),
  ]);
  expect(await refused({ prefer: "code=many" })).toEqual([400, expect.stringContaining("expected a status such as 404")]);
  expect(await refused({ prefer: "example=bob" })).toEqual([400, expect.stringContaining('no example "bob"; it has ada or wrong')]);
  expect(await refused({ accept: "text/csv" })).toEqual([406, expect.stringContaining("application/json, application/xml")]);
});

test("responses without a body have none, and a schema that allows nothing is a fault on this side", async () => {
  await using dropped = await open("dropOrder");
  const response = await dropped.request("/orders/7", { method: "DELETE" });
  expect([response.status, await response.text()]).toEqual([204, ""]);
  await using node = await open("listOrders");
  expect((await node.request("/orders")).status).toBe(500);
});

test("without an operation, all of a document that no route has are mocked", async () => {
  await using node = await openDoor({ options: { api: "openapi.yaml", mock: true }, readFile, others: ["dropOrder"] });
  expect((await node.request("/orders/7")).status).toBe(200);
  expect((await node.request("/orders", json({ id: 1, customer: "Ada" }))).status).toBe(201);
  expect((await node.request("/orders/7", { method: "DELETE" })).status).toBe(405);
  await node.running?.close();
  expect((await node.request("/orders", json({ id: 1, customer: "Ada" }))).status).toBe(404);
});

test("operations that are mocked are no finding at start", async () => {
  const services = { ...createFormats(), directory: ".", readFile };
  const options = { api: "openapi.yaml", mock: true };
  expect(await restConnector.source?.checkAll?.([{ options, path: "routes.r.from" }], services)).toEqual([]);
});
