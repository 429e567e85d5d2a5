import { createMessage, type Incoming } from "@portolan/core";
import { createFormats } from "@portolan/formats";
import { expect, expectTypeOf, test } from "vitest";
import type { SourceRef } from "@portolan/core";
import { answering, json, openDoor, readRest } from "./door.test.support.ts";
import { rest, restConnector } from "./index.ts";

const Order = {
  type: "object",
  properties: {
    id: { type: "integer", readOnly: true },
    customer: { type: "string" },
    parent: { $ref: "#/components/schemas/Order" },
  },
  required: ["id", "customer"],
};
const order = { "application/json": { schema: { $ref: "#/components/schemas/Order" } } };

const FILES: Readonly<Record<string, unknown>> = {
  "openapi.yaml": {
    openapi: "3.0.3",
    info: { title: "Orders", version: "1" },
    servers: [{ url: "https://shop.example/v1/" }],
    paths: {
      "/orders": {
        post: {
          operationId: "placeOrder",
          parameters: [
            { name: "X-Tenant", in: "header", required: true, schema: { type: "integer" } },
            { name: "X-Api-Key", in: "header", required: true, schema: { type: "string" } },
          ],
          requestBody: {
            required: true,
            content: { ...order, "application/x-www-form-urlencoded": order["application/json"], "image/*": {} },
          },
          responses: { 201: { description: "placed", content: order }, 409: { description: "there already" } },
        },
      },
      "/orders/{id}": {
        get: {
          operationId: "getOrder",
          parameters: [
            { name: "id", in: "path", required: true, schema: { type: "integer" } },
            { name: "fields", in: "query", explode: false, schema: { type: "array", items: { enum: ["id", "customer"] } } },
            { name: "filter", in: "query", style: "deepObject", schema: { type: "object" } },
          ],
          responses: { 200: { description: "the order", content: order }, default: { description: "a problem" } },
        },
      },
      "/files/{file-name}.pdf": { get: { operationId: "getFile", responses: {} }, trace: { operationId: "traceFile", responses: {} } },
      "/files//x": { get: { operationId: "getNothing", responses: {} } },
    },
    components: { schemas: { Order } },
  },
};

const readFile = (path: string) => FILES[path];
const open = (operation: string, setting: Omit<Parameters<typeof openDoor>[0], "options"> = {}, more: object = {}) =>
  openDoor({ options: { api: "openapi.yaml", operation, ...more }, readFile, ...setting });
const placed = answering({ id: 1, customer: "Ada" });
const headers = { "x-tenant": "7", "x-api-key": "secret" };

test("an operation has the method, the path below the server's, and the status of its document", async () => {
  await using node = await open("placeOrder", { deliver: placed });
  const response = await node.request("/v1/orders", json({ customer: "Ada" }, headers));
  expect([response.status, response.headers.get("content-type"), await response.json()]).toEqual([
    201,
    "application/json",
    { id: 1, customer: "Ada" },
  ]);
  expect(node.received[0]).toMatchObject({ body: { customer: "Ada" }, headers: { "x-tenant": 7 } });
  expect(node.received[0]?.headers).not.toHaveProperty("x-api-key");
});

test("requests that break the document are refused before the route sees them, with what is wrong", async () => {
  await using node = await open("placeOrder", { deliver: placed });
  const refused = async (init: RequestInit) => {
    const response = await node.request("/v1/orders", init);
    const { errors } = (await response.json()) as { errors?: { pointer: string }[] };
    return [response.status, ...(errors ?? []).map(({ pointer }) => pointer)];
  };
  expect(await refused(json({ customer: 1, parent: {} }, headers))).toEqual([400, "#/customer", "#/parent/customer"]);
  expect(await refused(json({ customer: "Ada" }, { ...headers, "x-tenant": "seven" }))).toEqual([400, "#/headers/x-tenant"]);
  expect(await refused({ method: "POST", headers })).toEqual([400, "#"]);
  expect(await refused({ method: "POST", body: "null", headers: { ...headers, "content-type": "application/json" } })).toEqual([400, "#"]);
  expect(await refused({ method: "POST", body: "a", headers: { ...headers, "content-type": "text/csv" } })).toEqual([415]);
  expect(node.received).toEqual([]);
});

test("bodies of media types without a schema for data go through", async () => {
  await using node = await open("placeOrder", { deliver: placed });
  const image = await node.request("/v1/orders", { method: "POST", body: "png", headers: { ...headers, "content-type": "image/png" } });
  const form = await node.request("/v1/orders", {
    method: "POST",
    body: "customer=Ada&id=3",
    headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
  });
  expect([image.status, form.status]).toEqual([201, 201]);
  expect(node.received.map(({ body }) => body)).toEqual([Buffer.from("png"), { customer: "Ada", id: 3 }]);
});

test("parameters have the types of the document, lists in one text, too", async () => {
  await using node = await open("getOrder", { deliver: placed });
  await node.request("/v1/orders/7?fields=id,customer&filter[a]=b");
  expect(node.received[0]?.body).toEqual({ id: 7, fields: ["id", "customer"], filter: { a: "b" } });
  expect((await node.request("/v1/orders/seven")).status).toBe(400);
  expect((await node.request("/v1/orders/7?fields=total")).status).toBe(400);
});

test("a parameter of any name may be a part of a segment", async () => {
  await using node = await open("getFile", { deliver: placed });
  await node.request("/v1/files/a%20b.pdf");
  expect(node.received[0]).toMatchObject({ body: { "file-name": "a b" }, headers: { "path-file-name": "a b" } });
  expect((await node.request("/v1/files/a.txt")).status).toBe(404);
});

test("a reply that the document does not promise is a fault on this side, unless that is not asked for", async () => {
  const statusOf = async (deliver: ReturnType<typeof answering>, more?: object) => {
    await using node = await open("placeOrder", { deliver }, more);
    return (await node.request("/v1/orders", json({ customer: "Ada" }, headers))).status;
  };
  expect(await statusOf(answering({ customer: "Ada" }))).toBe(500);
  expect(await statusOf(answering({ id: 1, customer: "Ada" }, { "http-status": 202 }))).toBe(500);
  expect(await statusOf(answering("there already", { "http-status": 409 }))).toBe(409);
  expect(await statusOf(answering({}), { checkReplies: false })).toBe(201);
  await using production = await open("placeOrder", { deliver: answering({}), isProduction: true });
  expect((await production.request("/v1/orders", json({ customer: "Ada" }, headers))).status).toBe(201);
  await using careful = await open("placeOrder", { deliver: answering({}), isProduction: true }, { checkReplies: true });
  expect((await careful.request("/v1/orders", json({ customer: "Ada" }, headers))).status).toBe(500);
});

test.each([
  ["getOrdr", 'openapi.yaml has no operation "getOrdr"'],
  ["getNothing", 'the segment "" is neither'],
  ["traceFile", "there are no doors for the method TRACE"],
])("the operation %s cannot be a door, and is refused with the reason", async (operation, reason) => {
  await expect(open(operation)).rejects.toThrow(reason);
});

test("options that the document says, or that are about one, are refused", () => {
  const faults = (options: object) => readRest(restConnector.source, options).faults;
  expect(faults({ api: "a.yaml" })).toEqual([expect.stringContaining("without operation")]);
  expect(faults({ api: "a.yaml", operation: "a", get: "/a" })).toEqual(["get is said by api already"]);
  expect(faults({ get: "/a", operation: "a" })).toEqual(["operation is about an api, and none is given"]);
});

test("operations without a route, and routes without an operation, are found at start", async () => {
  const services = { ...createFormats(), directory: ".", readFile };
  const findings = (...doors: object[]) =>
    restConnector.source?.checkAll?.(
      doors.map((options, index) => ({ options: { api: "openapi.yaml", ...options }, path: `routes.r${index}.from.0.rest` })),
      services,
    );
  expect(await findings({ operation: "placeOrder" }, { operation: "GET /orders/{id}" })).toMatchObject([
    { path: "routes.r0.from.0.rest", message: "openapi.yaml has 3 operations that no route has: getFile, traceFile or getNothing" },
  ]);
  expect(await findings({ operation: "placeOrder", unrouted: "ignore" })).toEqual([]);
  expect(await findings({ operation: "placeOrder" }, { operation: "getOrdr" })).toMatchObject([
    { path: "routes.r1.from.0.rest", hint: 'did you mean "getOrder"?' },
  ]);
});

test("rest.api yields one typed source per operation", () => {
  const api = rest.api<{ placeOrder: { customer: string } }>("./openapi.yaml", { checkReplies: false });
  const source = api.operation("placeOrder", { timeout: "5s" });
  expect(source).toMatchObject({ rest: { api: "./openapi.yaml", operation: "placeOrder", checkReplies: false, timeout: "5s" } });
  expectTypeOf(source).toEqualTypeOf<SourceRef<{ customer: string }>>();
  // @ts-expect-error no operation of the document
  api.operation("placeOrdr");
  // @ts-expect-error the document says what is consumed
  api.operation("placeOrder", { consumes: "text/csv" });
});

test("what the route yields later is checked, too", async () => {
  await using node = await open("getOrder", { deliver: async (incoming: Incoming) => createMessage("m", incoming.body) });
  expect((await node.request("/v1/orders/7")).status).toBe(500);
});
