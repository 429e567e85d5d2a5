import type { Message, SourceRef, TargetRef } from "@portolan/core";
import { expect, expectTypeOf, test } from "vitest";
import { rest, type Bodies } from "../index.ts";
import { openRemote, status, type Answer } from "./remote.test.support.ts";

const Order = {
  type: "object",
  properties: { id: { type: "integer", readOnly: true }, customer: { type: "string" }, secret: { type: "string", writeOnly: true } },
  required: ["id", "customer", "secret"],
};
const order = { "application/json": { schema: { $ref: "#/components/schemas/Order" } } };
const text = { type: "string" };

const DOCUMENT = {
  openapi: "3.1.0",
  info: { title: "CRM", version: "1" },
  servers: [
    { url: "http://{host}/v1/", variables: { host: { default: "nowhere.example" }, region: { default: "eu", enum: ["eu", "us"] } } },
  ],
  paths: {
    "/orders": {
      post: {
        operationId: "createOrder",
        requestBody: { required: true, content: { ...order, "application/xml": {} } },
        responses: { 201: { description: "", content: order }, "4XX": { description: "" } },
      },
      get: {
        operationId: "listOrders",
        parameters: [
          { name: "tag", in: "query", schema: { type: "array", items: text } },
          { name: "ids", in: "query", explode: false, schema: { type: "array", items: { type: "integer" } } },
          { name: "filter", in: "query", style: "deepObject", schema: { type: "object" } },
          { name: "where", in: "query", content: { "application/json": { schema: { type: "object" } } } },
          { name: "path", in: "query", allowReserved: true, schema: text },
          { name: "X-Tenant", in: "header", required: true, schema: text },
          { name: "session", in: "cookie", schema: text },
        ],
        responses: { 200: { description: "", content: { "application/json": { schema: { type: "array" } } } } },
      },
    },
    "/orders/{id}": {
      put: {
        operationId: "updateOrder",
        parameters: [
          { name: "id", in: "path", required: true, schema: { type: "integer" } },
          { name: "dryRun", in: "query", schema: { type: "boolean" } },
        ],
        requestBody: { content: order },
        responses: { 200: { description: "", content: order }, 204: { description: "" } },
      },
    },
    "/files/{name}": { put: { operationId: "putFile", requestBody: { content: { "image/*": {} } }, responses: {} } },
    "/matrix{a}/{b}/{c}": {
      get: {
        operationId: "styles",
        parameters: [
          { name: "a", in: "path", required: true, style: "matrix", explode: true, schema: { type: "array", items: text } },
          { name: "b", in: "path", required: true, style: "label", schema: { type: "object" } },
          { name: "c", in: "path", required: true, schema: { type: "object" }, explode: true },
        ],
        responses: {},
      },
    },
  },
  components: { schemas: { Order } },
};

const json = { "content-type": "application/json" };
const placed = status(201, json, '{"id":1,"customer":"Ada"}');

function open(operation: string, answer: Answer = placed, more: object = {}) {
  const options = (origin: string) => ({ client: "crm.yaml", operation, variables: { host: new URL(origin).host }, ...more });
  return openRemote(options, answer, () => DOCUMENT);
}

test("an operation is called where its description says, with a body that it allows, and the reply is checked", async () => {
  await using crm = await open("createOrder");
  const reply = await crm.send({ customer: "Ada", secret: "s" });
  expect(crm.got).toMatchObject([
    {
      method: "POST",
      url: "/v1/orders",
      body: '{"customer":"Ada","secret":"s"}',
      headers: { ...json, accept: "application/json, */*;q=0.5", "idempotency-key": "m1/route/0" },
    },
  ]);
  expect(reply).toMatchObject({ body: { id: 1, customer: "Ada" }, headers: { "http-status": 201 } });
});

test("what breaks the description is never sent", async () => {
  await using crm = await open("createOrder");
  await expect(crm.send({ customer: 1, secret: "s" })).rejects.toMatchObject({
    code: "PORTOLAN_CONTRACT_FAILED",
    kind: "invalid",
    endpoint: undefined,
    message: expect.stringContaining("POST createOrder of crm.yaml: the body of the request breaks the description: customer"),
  });
  await expect(crm.send(undefined)).rejects.toMatchObject({ message: expect.stringContaining("this operation needs one") });
  await using list = await open("listOrders");
  await expect(list.send({ tag: ["a"] })).rejects.toMatchObject({
    code: "PORTOLAN_CONTRACT_FAILED",
    message: expect.stringContaining("headers.X-Tenant"),
  });
  await expect(list.send({ "X-Tenant": "t", ids: ["one"] })).rejects.toMatchObject({ message: expect.stringContaining("query.ids.0") });
  await expect(list.send(["tag"])).rejects.toMatchObject({ message: expect.stringContaining("expected a map of parameters") });
  expect([...crm.got, ...list.got]).toEqual([]);
});

test("a reply that breaks the description is the other system's fault", async () => {
  const wrong = status(201, json, '{"id":"one","customer":"Ada"}');
  await using crm = await open("createOrder", wrong);
  await expect(crm.send({ customer: "Ada", secret: "s" })).rejects.toMatchObject({
    code: "PORTOLAN_CONTRACT_FAILED",
    endpoint: "POST createOrder of crm.yaml",
    message: expect.stringMatching(/does not promise: id \S/),
  });
  await using trusting = await open("createOrder", wrong, { checkReplies: false });
  expect(await trusting.send({ customer: "Ada", secret: "s" })).toMatchObject({ body: { id: "one" } });
  await using refusing = await open("createOrder", status(409, json, '{"title":"there already"}'));
  await expect(refusing.send({ customer: "Ada", secret: "s" })).rejects.toMatchObject({ code: "PORTOLAN_REMOTE_REJECTED" });
});

test("an operation without a body takes its parameters from the fields of the message's", async () => {
  await using crm = await open("listOrders", status(200, json, "[]"));
  await crm.send({
    tag: ["a&b", "c"],
    ids: [1, 2],
    filter: { a: { b: 1 }, c: ["x", "y"] },
    where: { q: "ü" },
    path: "a/b?c=d&e",
    "X-Tenant": "grün",
    session: "s 1",
    other: 1,
  });
  expect(crm.got[0]?.url).toBe(
    "/v1/orders?tag=a%26b&tag=c&ids=1,2&filter%5Ba%5D%5Bb%5D=1&filter%5Bc%5D=x&filter%5Bc%5D=y&where=%7B%22q%22%3A%22%C3%BC%22%7D&path=a/b?c%3Dd%26e",
  );
  expect(crm.got[0]?.headers).toMatchObject({ "x-tenant": "gr%C3%BCn", cookie: "session=s%201" });
  expect(crm.got[0]?.headers).not.toHaveProperty("idempotency-key");
});

test("parameters of the path are written in their styles, and never lead to another path", async () => {
  await using crm = await open("styles", status(204));
  await crm.send({ a: ["1", "2"], b: { x: 1, y: 2 }, c: { x: 1, "y/": "2,3" } });
  expect(crm.got[0]?.url).toBe("/v1/matrix;a=1;a=2/.x,1,y,2/x=1,y%2F=2%2C3");
  await using update = await open("putFile", status(204));
  await expect(update.send(Buffer.from("png"), { name: ".." })).rejects.toMatchObject({ kind: "invalid" });
  expect(update.got).toEqual([]);
});

test("parameters and body may be mapped; what the path needs is else a field of the body, or a header", async () => {
  const parameters = { path: { id: (m: Message<{ order: { id: number } }>) => m.body.order.id }, query: { dryRun: { constant: true } } };
  await using crm = await open("updateOrder", status(204), { parameters, body: (m: Message<{ order: object }>) => m.body.order });
  expect(await crm.send({ order: { id: 7, customer: "Ada", secret: "s" } })).toMatchObject({ body: null });
  expect(crm.got[0]).toMatchObject({ method: "PUT", url: "/v1/orders/7?dryRun=true", body: '{"id":7,"customer":"Ada","secret":"s"}' });
  await using plain = await open("updateOrder", status(204));
  await plain.send({ id: 8, customer: "Ada", secret: "s", dryRun: true });
  await plain.send({ customer: "Ada", secret: "s" }, { id: "9" });
  expect(plain.got.map(({ url }) => url)).toEqual(["/v1/orders/8", "/v1/orders/9"]);
  await expect(plain.send({ customer: "Ada", secret: "s" })).rejects.toMatchObject({ message: expect.stringContaining("path.id") });
});

test("bytes are sent as what the message says that they are, and other media types on demand", async () => {
  await using file = await open("putFile", status(204), { parameters: { path: {} } });
  await expect(file.send({ a: 1 }, { name: "a.png" })).rejects.toMatchObject({ code: "PORTOLAN_FORMAT_INVALID" });
  await using xml = await open("createOrder", placed, { mediaType: "application/xml" });
  await xml.send({ order: { id: "1" } });
  expect(xml.got[0]).toMatchObject({ headers: { "content-type": "application/xml" }, body: expect.stringContaining("<order>") });
});

test.each([
  [{ operation: "createOrdr" }, 'did you mean "createOrder"'],
  [{ operation: "updateOrder", parameters: { path: { ID: () => 1 } } }, 'did you mean "id"'],
  [{ operation: "listOrders", body: () => 1 }, "takes no body"],
  [{ operation: "createOrder", mediaType: "text/csv" }, "it takes application/json, application/xml"],
  [{ operation: "createOrder", variables: { hots: "a" } }, 'did you mean "host"'],
  [{ operation: "createOrder", variables: { host: "a b" } }, "no absolute http or https URL"],
  [{ operation: "createOrder", servers: "/v1" }, "no absolute http or https URL"],
  [{ operation: "createOrder", servers: "https://user:secret@crm.example" }, "put credentials into"],
])("at start %j is refused: %s", async (more, why) => {
  const opening = openRemote(
    () => ({ client: "crm.yaml", ...more }),
    placed,
    () => DOCUMENT,
  );
  const error: unknown = await opening.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "PORTOLAN_CONFIG_INVALID" });
  const { message, hint } = error as { message: string; hint?: string };
  expect(`${message}: ${hint}`).toContain(why);
});

test("an operation without an id is named by method and path, whatever characters are in it", async () => {
  const paths = { "/a/${id}": { get: { responses: {} } } };
  const options = (origin: string) => ({ client: "crm.yaml", operation: "GET /a/${id}", servers: origin });
  await using crm = await openRemote(options, status(204), () => ({ openapi: "3.1.0", info: {}, paths }));
  await crm.send({ id: "7" });
  expect(crm.got[0]?.url).toBe("/a/$7");
});

test("a server of the options goes before that of the description", async () => {
  await using crm = await openRemote(
    (origin) => ({ client: "crm.yaml", operation: "createOrder", servers: `${origin}/base/` }),
    placed,
    () => DOCUMENT,
  );
  await crm.send({ customer: "Ada", secret: "s" });
  expect(crm.got[0]?.url).toBe("/base/orders");
});

interface Operations {
  readonly createOrder: { readonly body: { customer: string }; readonly reply: { id: number } };
  readonly listOrders: {
    readonly query: { readonly tag?: readonly string[] };
    readonly headers: { readonly "X-Tenant": string };
    readonly reply: readonly string[];
  };
  readonly updateOrder: { readonly path: { readonly id: number }; readonly body?: { customer: string }; readonly reply: null };
}

test("the types of a client are those of its operations", () => {
  const crm = rest.client<Operations>("./crm.yaml", { system: "crm" });
  const create = crm.operation("createOrder");
  expect(create).toMatchObject({ rest: { client: "./crm.yaml", operation: "createOrder" }, system: "crm" });
  expectTypeOf(create).toEqualTypeOf<TargetRef<{ customer: string }, { id: number }>>();
  const list = crm.operation("listOrders");
  expectTypeOf(list).toExtend<TargetRef<{ "X-Tenant": string }, readonly string[]>>();
  expectTypeOf(list).not.toExtend<TargetRef<{ tag: string[] }, readonly string[]>>();
  const update = crm.operation("updateOrder", { parameters: { path: { id: (m: Message<{ key: number }>) => m.body.key } } });
  expectTypeOf(update).toEqualTypeOf<TargetRef<{ key: number }, null>>();
  const doors = rest.api<Bodies<Operations>>("./crm.yaml");
  expectTypeOf(doors.operation("createOrder")).toEqualTypeOf<SourceRef<{ customer: string }>>();
  expectTypeOf(doors.operation("listOrders")).toExtend<SourceRef<{ tag?: readonly string[]; "X-Tenant": string }>>();
  expectTypeOf(rest.client("./crm.yaml").operation("anything")).toExtend<TargetRef<unknown, unknown>>();
  const wrong = [
    // @ts-expect-error there is no such operation
    crm.operation("createOrdr"),
    // @ts-expect-error there is no such parameter
    crm.operation("updateOrder", { parameters: { path: { ID: () => 1 } } }),
    // @ts-expect-error the id is a number, and true is none
    crm.operation("updateOrder", { parameters: { path: { id: () => true } } }),
    // @ts-expect-error the operation has no body
    crm.operation("listOrders", { body: () => 1 }),
    // @ts-expect-error the body of an order has a customer
    crm.operation("createOrder", { body: () => ({ name: "Ada" }) }),
    // @ts-expect-error a client has no status
    crm.operation("createOrder", { status: 201 }),
  ];
  expect(wrong).toHaveLength(6);
});
