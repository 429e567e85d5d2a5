import { expect, test } from "vitest";
import { writeRequest } from "./request-parts.ts";
import { curlOf } from "./request.ts";

const any = { schema: true, check: { check: (body: unknown) => ({ body }) } };

test("a request puts values where its parameters say, lists by their separators", () => {
  const parameter = (place: string, name: string, separator?: string) => ({ in: place, name, required: true, separator, ...any });
  const operation = {
    id: "find",
    method: "POST",
    path: "/shops/{shop}/orders",
    parameters: [
      parameter("path", "shop"),
      parameter("query", "state"),
      parameter("query", "tags", ","),
      parameter("header", "X-Trace"),
      parameter("cookie", "session"),
    ],
    body: { required: true, content: [{ mediaType: "application/x-www-form-urlencoded", examples: [], ...any }] },
    responses: [],
  };
  const parameters = {
    "path shop": "a b",
    "query state": ["open", "done"],
    "query tags": ["x&y", 2],
    "header X-Trace": "t",
    "cookie session": "s",
  };
  expect(writeRequest(operation, { parameters, body: { name: "Ada L", age: 3 } })).toEqual({
    method: "POST",
    target: "/shops/a%20b/orders?state=open&state=done&tags=x%26y,2",
    headers: { "x-trace": "t", cookie: "session=s", "content-type": "application/x-www-form-urlencoded" },
    body: "name=Ada+L&age=3",
  });
});

test("a command of a shell says the same request: quotes are kept, and characters that nobody sees are escaped", () => {
  const request = {
    method: "POST",
    target: "/orders?a=1",
    headers: { "content-type": "application/json" },
    body: '{"a":"it\'s\u200b\u{e0001}"}',
  };
  expect(curlOf(request, "http://localhost:1", { authorization: "Bearer x" })).toBe(
    String.raw`curl -i -X POST -H 'content-type: application/json' -H 'authorization: Bearer x' --data-binary '{"a":"it'\''s\u200b\udb40\udc01"}' 'http://localhost:1/orders?a=1'`,
  );
});
