import { expect, test } from "vitest";
import { readApiDocument, writeApiDocument } from "./index.ts";

const responses = { 200: { description: "ok", content: { "application/json": { examples: { one: { value: 1 }, two: { value: 2 } } } } } };

function written(paths: object, version?: "3.1" | "3.2") {
  const api = readApiDocument({ openapi: "3.2.0", info: { title: "Orders", version: "1" }, paths });
  const document = writeApiDocument(api, version);
  expect(readApiDocument(document)).toEqual({ ...api, dialect: `OpenAPI ${String(document["openapi"])}` });
  return document;
}

test("a description is written as 3.1, and as 3.2 where that is asked for or needed", () => {
  const get = { operationId: "list", parameters: [], responses };
  expect(written({ "/orders": { get } })).toMatchObject({ openapi: "3.1.1", paths: { "/orders": { get: { responses } } } });
  expect(written({ "/orders": { get } }, "3.2")).toMatchObject({ openapi: "3.2.0" });
  expect(written({ "/orders": { query: get } })).toMatchObject({
    openapi: "3.2.0",
    paths: { "/orders": { query: { operationId: "list" } } },
  });
  expect(written({ "/orders": { additionalOperations: { PURGE: get } } })).toMatchObject({
    openapi: "3.2.0",
    paths: { "/orders": { additionalOperations: { PURGE: { operationId: "list" } } } },
  });
  const whole = { name: "q", in: "querystring", content: { "application/json": { schema: { type: "object" } } } };
  expect(written({ "/orders": { get: { ...get, parameters: [whole] } } })).toMatchObject({ openapi: "3.2.0" });
});

test("forms keep how their fields are written", () => {
  const encoding = {
    photo: { contentType: "image/png", headers: { "X-Size": { schema: { type: "integer" } } } },
    tags: { style: "form", explode: false },
  };
  const content = { "multipart/form-data": { schema: { type: "object" }, encoding } };
  expect(written({ "/orders": { post: { requestBody: { content }, responses: {} } } })).toMatchObject({
    paths: { "/orders": { post: { requestBody: { content } } } },
  });
});
