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

test.each([
  ["query", { style: "deepObject" }, { a: 1, b: "x" }, "/?p%5Ba%5D=1&p%5Bb%5D=x"],
  ["query", {}, { a: 1, b: "x" }, "/?a=1&b=x"],
  ["query", { explode: false }, { a: 1, b: "x" }, "/?p=a,1,b,x"],
  ["query", { separator: "|" }, [1, 2], "/?p=1%7C2"],
  ["query", { mediaType: "application/json" }, { a: [1] }, "/?p=%7B%22a%22%3A[1]%7D".replace("[1]", "%5B1%5D")],
  ["path", { separator: "," }, [1, 2], "/1,2"],
  ["path", { explode: true }, { a: 1, b: 2 }, "/a=1,b=2"],
  ["path", { style: "label", explode: true }, [1, 2], "/.1.2"],
  ["path", { style: "matrix" }, [1, 2], "/;p=1,2"],
  ["path", { style: "matrix", explode: true }, { a: 1, b: 2 }, "/;a=1;b=2"],
])("a parameter in the %s with %j has the style of its description", (place, style, value, target) => {
  const parameter = { in: place, name: "p", required: true, ...style, ...any };
  const operation = { id: "get", method: "GET", path: place === "path" ? "/{p}" : "/", parameters: [parameter], responses: [] };
  expect(writeRequest(operation, { parameters: { [`${place} p`]: value } }).target).toBe(target);
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
