import { PortolanError } from "@portolan/core";
import { expect, test } from "vitest";
import { checkPolicies } from "../index.ts";
import { getDoor, hello, rawRequest, startBehind } from "./policy-host.test.support.ts";

const SHOP = "https://shop.example";
const CORS = { origins: [SHOP], exposeHeaders: ["x-total"], credentials: true, maxAge: 60_000 };

test("a listed origin may read replies, those of errors as well; another one gets them without leave", async () => {
  const failing = getDoor("/fails", () => {
    throw new PortolanError("PORTOLAN_THROTTLED", "slow down");
  });
  await using node = await startBehind({ cors: CORS }, [hello, failing]);
  const listed = await rawRequest(`${node.origin}/hello`, "GET", { origin: SHOP });
  expect(listed).toMatchObject({
    status: 200,
    headers: {
      "access-control-allow-origin": SHOP,
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "x-total",
      vary: "origin",
    },
  });
  const failed = await rawRequest(`${node.origin}/fails`, "GET", { origin: SHOP });
  expect([failed.status, failed.headers["access-control-allow-origin"]]).toEqual([429, SHOP]);
  const other = await rawRequest(`${node.origin}/hello`, "GET", { origin: "https://shop.example.evil" });
  expect([other.status, other.headers["access-control-allow-origin"], other.headers["vary"]]).toEqual([200, undefined, "origin"]);
});

test("a preflight is answered for the method that it asks about, and reaches no door", async () => {
  let reached = 0;
  const counting = getDoor("/count", (exchange) => {
    reached += 1;
    exchange.reply(200, {}, "");
  });
  await using node = await startBehind({ cors: CORS }, [counting]);
  const ask = (origin: string, method: string) =>
    rawRequest(`${node.origin}/count`, "OPTIONS", {
      origin,
      "access-control-request-method": method,
      "access-control-request-headers": "x-a",
    });
  expect(await ask(SHOP, "GET")).toMatchObject({
    status: 204,
    headers: {
      "access-control-allow-origin": SHOP,
      "access-control-allow-methods": "GET",
      "access-control-allow-headers": "x-a",
      "access-control-max-age": "60",
    },
  });
  const refused = await ask("https://other.example", "GET");
  expect([refused.status, refused.headers["access-control-allow-methods"]]).toEqual([204, undefined]);
  expect((await ask(SHOP, "DELETE")).status).toBe(405);
  expect(reached).toBe(0);
});

test("all origins may be allowed, but not with credentials", async () => {
  const everyone = { origins: ["*"], exposeHeaders: [], credentials: false, maxAge: 0 };
  await using node = await startBehind({ cors: everyone }, [hello]);
  const reply = await rawRequest(`${node.origin}/hello`, "GET", { origin: SHOP });
  expect([reply.headers["access-control-allow-origin"], reply.headers["vary"]]).toEqual(["*", undefined]);
  expect(checkPolicies({ cors: { ...everyone, credentials: true } })).toHaveLength(1);
  expect(checkPolicies({ cors: { ...everyone, origins: ["https://shop.example/"] } })[0]).toContain("without a path");
});

test("no span of a rate limit's length has more requests of one caller than it grants, and others are not concerned", async () => {
  await using node = await startBehind({ rateLimit: { requests: 3, per: 1000, header: "X-Api-Key" } }, [hello]);
  const start = node.clock.nowMs;
  const at = async (ms: number, key: string) => {
    node.clock.nowMs = start + ms;
    const reply = await node.get("/hello", { "x-api-key": key });
    return [reply.status, reply.headers.get("ratelimit"), reply.headers.get("retry-after")];
  };
  expect(await at(0, "a")).toEqual([200, '"rate";r=2;t=1', null]);
  expect(await at(900, "a")).toEqual([200, '"rate";r=1;t=1', null]);
  expect(await at(950, "a")).toEqual([200, '"rate";r=0;t=1', null]);
  expect(await at(999, "a")).toEqual([429, '"rate";r=0;t=1', "1"]);
  expect((await at(999, "b"))[0]).toBe(200);
  // The first has left the span, the second and third have not.
  expect(await at(1000, "a")).toEqual([200, '"rate";r=0;t=1', null]);
  expect((await at(1899, "a"))[0]).toBe(429);
  expect((await at(1950, "a"))[0]).toBe(200);
});

test("of many requests at once exactly as many as the limit are answered", async () => {
  await using node = await startBehind({ rateLimit: { requests: 17, per: 60_000 } }, [hello]);
  const replies = await Promise.all(Array.from({ length: 50 }, () => node.get("/hello")));
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(17);
  expect(replies.filter(({ status }) => status === 429)).toHaveLength(33);
});

test("a quota is counted anew with the calendar, and its refusal says when", async () => {
  await using node = await startBehind({ quota: { requests: 2, per: "month" } }, [hello]);
  const ask = async () => {
    const { status, headers } = await node.get("/hello");
    return [status, headers.get("ratelimit-policy"), headers.get("ratelimit"), headers.get("retry-after")];
  };
  const words = '"quota";q=2;w=2678400';
  expect(await ask()).toEqual([200, words, '"quota";r=1;t=1800', null]);
  expect(await ask()).toEqual([200, words, '"quota";r=0;t=1800', null]);
  expect(await ask()).toEqual([429, words, '"quota";r=0;t=1800', "1800"]);
  node.clock.nowMs += 1_800_000;
  expect((await ask()).slice(0, 2)).toEqual([200, words]);
});

test("a rate limit and a quota on one door both tell what is left", async () => {
  const policies = { rateLimit: { requests: 5, per: 1000 }, quota: { requests: 9, per: "hour" } } as const;
  await using node = await startBehind(policies, [hello]);
  expect((await node.get("/hello")).headers.get("ratelimit")).toBe('"rate";r=4;t=1, "quota";r=8;t=1800');
});

test.each([
  [{ allow: ["127.0.0.0/8"] }, 200],
  [{ allow: ["10.0.0.0/8", "::1"] }, 403],
  [{ deny: ["127.0.0.1"] }, 403],
  [{ allow: ["127.0.0.1"], deny: ["127.0.0.0/24"] }, 403],
  [{ deny: ["10.0.0.0/8"] }, 200],
])("with the addresses %j a caller on loopback gets %i", async (addresses, status) => {
  await using node = await startBehind({ addresses }, [hello]);
  const reply = await node.get("/hello");
  expect(reply.status).toBe(status);
  expect((await node.get("/health/live")).status).toBe(200);
});

test("addresses that are none are faults of the configuration", () => {
  const texts = ["10.0.0.0/33", "10.0.0", "::1/129", "a/8", "10.0.0.0/8/8", "10.0.0.0/"];
  expect(checkPolicies({ addresses: { allow: texts } })).toHaveLength(texts.length);
});

test("a deprecated door says since when, until when and where to read on", async () => {
  const deprecation = { since: "2026-06-30", sunset: "2027-06-30", link: "https://docs.example/v2" };
  await using node = await startBehind({ deprecation }, [hello]);
  const { headers } = await node.get("/hello");
  expect([headers.get("deprecation"), headers.get("sunset"), headers.get("link")]).toEqual([
    "@1782777600",
    "Wed, 30 Jun 2027 00:00:00 GMT",
    '<https://docs.example/v2>; rel="deprecation"',
  ]);
  expect(checkPolicies({ deprecation: { since: "soon" } })).toHaveLength(1);
  expect(checkPolicies({ deprecation: { since: "2027-01-01", sunset: "2026-01-01" } })).toEqual(["deprecation: sunset is before since"]);
});
