import { createTemporaryFolder } from "@portolan/testkit";
import { expect, test } from "vitest";
import { command } from "./io.test.support.ts";

const DOCUMENT = `
openapi: 3.1.0
info: { title: Orders, version: "1" }
paths:
  /orders: { post: { operationId: placeOrder, responses: { "201": { description: Placed. } } } }
  /orders/{id}: { get: { operationId: getOrder, responses: { "200": { description: The order. } } } }
`;

async function check(flow: string) {
  await using folder = await createTemporaryFolder();
  await folder.put("openapi.yaml", DOCUMENT);
  await folder.put("orders.flow.yaml", flow);
  const { code, stdout, stderr } = await command(["check", "--no-types"], { directory: folder.root });
  return { code, output: stdout + stderr };
}

const door = (route: string, operation: string) =>
  `  ${route}: { from: [{ rest: { api: openapi.yaml, operation: ${operation} } }], steps: [{ map: '{ "ok": true }' }] }\n`;

test("check is content with routes for all operations of an API description, and names those that are missing", async () => {
  const place = `routes:\n${door("place", "placeOrder")}`;
  expect(await check(place + door("get", "getOrder"))).toMatchObject({ code: 0 });
  expect(await check(place)).toEqual({ code: 1, output: expect.stringContaining("has an operation that no route has: getOrder") });
  expect(await check(place + door("get", "getOdrer"))).toEqual({ code: 1, output: expect.stringContaining('did you mean "getOrder"?') });
});

test("check looks into the descriptions of APIs that are called, with the place of the step", async () => {
  const call = (more: string) =>
    check(`routes:\n  ask:\n    from: [{ channel: asked }]\n    steps:\n      - call: { rest: { client: openapi.yaml, ${more} } }\n`);
  expect(await call("operation: getOrder, servers: 'https://a.example'")).toMatchObject({ code: 0 });
  expect(await call("operation: getOdrer, servers: 'https://a.example'")).toEqual({
    code: 1,
    output: expect.stringMatching(/no operation "getOdrer"[^]*orders\.flow\.yaml:5:9[^]*did you mean "getOrder"/),
  });
  expect(await call("operation: getOrder")).toEqual({ code: 1, output: expect.stringContaining("the description names no server") });
  expect(await call("operation: placeOrder, servers: 'https://a.example', pages: {}")).toEqual({
    code: 1,
    output: expect.stringContaining("placeOrder of openapi.yaml is POST"),
  });
  expect(await call("operation: getOrder, servers: 'https://a.example', parameters: { path: { id: 'body.(' } }")).toEqual({
    code: 1,
    output: expect.stringContaining("the expression cannot be compiled"),
  });
});

/** What `check --against` says of a change of the description. */
async function changed(before: string, after: string): Promise<readonly string[]> {
  await using folder = await createTemporaryFolder();
  for (const [name, document] of Object.entries({ before, after })) {
    await folder.put(`${name}/openapi.yaml`, document);
    await folder.put(`${name}/orders.flow.yaml`, `routes:\n${door("place", "placeOrder")}${door("get", "getOrder")}`);
  }
  const { stdout } = await command(["check", "--no-types", "--json", "--against", "./before", "after"], { directory: folder.root });
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => String((JSON.parse(line) as { message: unknown }).message));
}

test.each([
  ["nothing", DOCUMENT, []],
  ["a new optional parameter", DOCUMENT.replace("getOrder,", "getOrder, parameters: [{ name: f, in: query, schema: {} }],"), []],
  [
    "a new required parameter",
    DOCUMENT.replace("getOrder,", "getOrder, parameters: [{ name: f, in: query, required: true, schema: {} }],"),
    ["GET /orders/{id}: the query parameter f is required"],
  ],
  ["another path", DOCUMENT.replace("/orders:", "/order:"), ["POST /orders: the operation is gone"]],
  ["another status", DOCUMENT.replace("201", "202"), ["POST /orders: it does not answer 201 any more"]],
  [
    "a required body",
    DOCUMENT.replace("placeOrder,", "placeOrder, requestBody: { required: true, content: {} },"),
    ["POST /orders: a body is required"],
  ],
])("check --against says what %s in an API description breaks", async (_change, after, messages) => {
  expect(await changed(DOCUMENT, after)).toEqual(messages);
});

test.each([
  ["another status", "status: 201", "status: 200", "POST /orders: it does not answer 201 any more"],
  [
    "fewer media types",
    "produces: [application/json, text/csv]",
    "produces: [application/json]",
    "POST /orders: the reply 201: text/csv is gone",
  ],
  ["a contract, which its route tells,", "{ type: object }", "{ type: object, required: [id] }", undefined],
])("check --against says what %s of a door breaks", async (_change, from, to, message) => {
  await using folder = await createTemporaryFolder();
  const flow =
    "routes: { place: { input: { type: object }, from: [{ rest: { post: /orders, status: 201, produces: [application/json, text/csv] } }], steps: [] } }";
  await folder.put("before/a.flow.yaml", flow);
  await folder.put("after/a.flow.yaml", flow.replace(from, to));
  const { stdout } = await command(["check", "--no-types", "--json", "--against", "./before", "after"], { directory: folder.root });
  const found = stdout
    .split("\n")
    .filter((line) => line.includes('"path":"openapi.json'))
    .map((line) => (JSON.parse(line) as { readonly message: string }).message);
  expect(found).toEqual(message === undefined ? [] : [message]);
});
