import { expect, test } from "vitest";
import { answering, openDoor } from "./door.test.support.ts";

const document = {
  openapi: "3.1.0",
  info: { title: "Orders", version: "1" },
  paths: {
    "/orders": {
      post: {
        operationId: "place",
        requestBody: {
          required: true,
          content: {
            "application/json": { schema: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] } },
            "application/x-www-form-urlencoded": { schema: { type: "object", properties: { id: { type: "integer" } } } },
          },
        },
        responses: { 200: { description: "placed", content: { "application/json": {} } } },
      },
    },
  },
};

const JSON_TYPE = { "content-type": "application/json" };

/** A door whose route would answer anything. */
function open() {
  return openDoor({
    options: { api: "openapi.yaml", operation: "place", maxBody: 2000 },
    readFile: () => document,
    deliver: answering({ id: 1 }),
  });
}

test.each<[string, RequestInit, number, string]>([
  ["truncated JSON", { body: '{"id":', headers: JSON_TYPE }, 400, "PORTOLAN_FORMAT_INVALID"],
  ["JSON with something behind it", { body: '{"id":1}}', headers: JSON_TYPE }, 400, "PORTOLAN_FORMAT_INVALID"],
  ["JSON that nests without end", { body: "[".repeat(1900), headers: JSON_TYPE }, 400, "PORTOLAN_FORMAT_INVALID"],
  ["JSON of the wrong kind", { body: "[]", headers: JSON_TYPE }, 400, "PORTOLAN_CONTRACT_FAILED"],
  ["broken UTF-8", { body: Buffer.from([0x22, 0xc3, 0x22]), headers: JSON_TYPE }, 400, "PORTOLAN_FORMAT_INVALID"],
  [
    "a form with broken encoding",
    { body: "id=%zz", headers: { "content-type": "application/x-www-form-urlencoded" } },
    400,
    "PORTOLAN_FORMAT_INVALID",
  ],
  ["no body", { headers: JSON_TYPE }, 400, "PORTOLAN_CONTRACT_FAILED"],
  ["another media type", { body: "<id/>", headers: { "content-type": "application/xml" } }, 415, "PORTOLAN_MEDIA_TYPE"],
  ["a media type that is none", { body: "{}", headers: { "content-type": "json" } }, 415, "PORTOLAN_MEDIA_TYPE"],
  ["another charset", { body: "{}", headers: { "content-type": "application/json; charset=klingon" } }, 415, "PORTOLAN_MEDIA_TYPE"],
  ["a coding", { body: "{}", headers: { ...JSON_TYPE, "content-encoding": "gzip" } }, 415, "PORTOLAN_MEDIA_TYPE"],
  ["a body beyond the limit", { body: JSON.stringify({ id: "x".repeat(2000) }), headers: JSON_TYPE }, 413, "PORTOLAN_BODY_TOO_LARGE"],
  ["nothing that can be accepted", { body: '{"id":1}', headers: { ...JSON_TYPE, accept: "image/png" } }, 406, "PORTOLAN_NOT_ACCEPTABLE"],
])("%s is refused, and reaches no route", async (_name, init, status, code) => {
  await using node = await open();
  const response = await node.request("/orders", { method: "POST", ...init });
  expect([response.status, response.headers.get("content-type"), await response.json()]).toEqual([
    status,
    "application/problem+json",
    expect.objectContaining({ status, code }),
  ]);
  expect(node.received).toEqual([]);
  expect((await node.request("/orders", { method: "POST", body: '{"id":1}', headers: JSON_TYPE })).status).toBe(200);
});

test("a media type that the door does not take is answered with those that it takes", async () => {
  await using node = await open();
  const typed = await node.request("/orders", { method: "POST", body: "<id/>", headers: { "content-type": "application/xml" } });
  expect(typed.headers.get("accept")).toBe("application/json, application/x-www-form-urlencoded");
  const coded = await node.request("/orders", { method: "POST", body: "{}", headers: { ...JSON_TYPE, "content-encoding": "gzip" } });
  expect(coded.headers.get("accept-encoding")).toBe("identity");
});

test("operations that there are not are 404, and 405 with those that there are", async () => {
  await using node = await open();
  expect((await node.request("/order")).status).toBe(404);
  const response = await node.request("/orders", { method: "DELETE" });
  expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
});
