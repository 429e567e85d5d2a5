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
