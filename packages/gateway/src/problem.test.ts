import { PortolanError } from "@portolan/core";
import { expect, test } from "vitest";
import { problemOf } from "./index.ts";

test.each([
  ["transient", 503],
  ["invalid", 400],
  ["rejected", 422],
  ["defect", 500],
] as const)("an error of kind %s is answered with %i", (kind, status) => {
  expect(problemOf(new PortolanError("SHOP_FAILED", "it failed", { kind })).status).toBe(status);
});

test.each([
  ["PORTOLAN_BODY_TOO_LARGE", 413],
  ["PORTOLAN_MEDIA_TYPE", 415],
  ["PORTOLAN_NOT_ACCEPTABLE", 406],
  ["PORTOLAN_TIMEOUT", 504],
  ["PORTOLAN_THROTTLED", 429],
  ["PORTOLAN_STOPPING", 503],
  ["PORTOLAN_NOT_FOUND", 404],
  ["PORTOLAN_FORBIDDEN", 403],
])("%s is answered with %i", (code, status) => {
  expect(problemOf(new PortolanError(code, "no")).status).toBe(status);
});

test("a breach of a contract lists what is wrong with which field", () => {
  const error = new PortolanError("PORTOLAN_CONTRACT_FAILED", "the body breaks its contract", {
    findings: [
      { path: "lines.0.qty", message: "must be a number" },
      { path: "a/b~c", message: "is unknown" },
      { path: "", message: "is no order" },
    ],
    messageId: "m1",
  });
  expect(problemOf(error).details).toEqual({
    type: "urn:portolan:error:PORTOLAN_CONTRACT_FAILED",
    title: "A body breaks its contract.",
    status: 400,
    detail: "the body breaks its contract",
    instance: "urn:portolan:message:m1",
    code: "PORTOLAN_CONTRACT_FAILED",
    kind: "invalid",
    errors: [
      { detail: "must be a number", pointer: "#/lines/0/qty" },
      { detail: "is unknown", pointer: "#/a~1b~0c" },
      { detail: "is no order", pointer: "#" },
    ],
  });
});

test("a defect shows nothing of the inside but the id to look it up by", () => {
  const error = new PortolanError("PORTOLAN_EXPRESSION_FAILED", "cannot read secret of undefined", {
    cause: new Error("inside"),
    findings: [{ path: "a", message: "inside" }],
    step: "3",
  });
  const { details, headers } = problemOf(error, { requestId: "r1" });
  expect(details).toEqual({
    type: "about:blank",
    title: "Internal Server Error",
    status: 500,
    detail: "The request failed because of a fault on this side. Quote the instance when you report it.",
    instance: "urn:portolan:request:r1",
    kind: "defect",
  });
  expect(headers).toEqual({ "content-type": "application/problem+json" });
});

test("what another system said or where it is does not reach the caller", () => {
  const remote = new PortolanError("PORTOLAN_REMOTE_REJECTED", "POST http://10.0.0.7/orders answered 409: duplicate of customer 7", {
    endpoint: "POST http://10.0.0.7/orders",
  });
  const parts = new PortolanError("PORTOLAN_PARTS_FAILED", `part 0 failed: ${remote.message}`, { kind: "rejected", cause: remote });
  for (const error of [remote, parts, new PortolanError("PORTOLAN_CONNECTION_FAILED", "connect ECONNREFUSED 10.0.0.7:80")]) {
    expect(JSON.stringify(problemOf(error))).not.toContain("10.0.0.7");
  }
  expect(problemOf(remote).status).toBe(422);
});

test("an answer of another system that cannot be read is a bad gateway, not the caller's fault", () => {
  const error = new PortolanError("PORTOLAN_FORMAT_INVALID", "line 1", { endpoint: "GET http://erp/" });
  expect(problemOf(error).status).toBe(502);
});

test("a time to retry is told in whole seconds", () => {
  const after = (retryAfterMs?: number) =>
    problemOf(new PortolanError("PORTOLAN_REMOTE_FAILED", "busy", retryAfterMs === undefined ? {} : { retryAfterMs })).headers[
      "retry-after"
    ];
  expect([after(), after(1), after(30_000), after(1500)]).toEqual(["1", "1", "30", "2"]);
});

test("a code of a route's own has a title in the words of HTTP", () => {
  const { details } = problemOf(new PortolanError("OUT_OF_STOCK", "no more of A-7", { kind: "rejected" }));
  expect(details).toMatchObject({ type: "urn:portolan:error:OUT_OF_STOCK", title: "Unprocessable Entity", detail: "no more of A-7" });
});
