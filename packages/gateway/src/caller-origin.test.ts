import { silentLogger } from "@portolan/core";
import { expect, test } from "vitest";
import { createHttpHost, type Exchange } from "./index.ts";

/** What an exchange says of its caller, who writes these headers on a connection from 127.0.0.1. */
async function originFor(trustedProxies: readonly string[], headers: Record<string, string>): Promise<Exchange["origin"]> {
  await using host = createHttpHost({ port: 0, log: silentLogger, trustedProxies });
  const seen = Promise.withResolvers<Exchange["origin"]>();
  host.mount({
    method: "GET",
    path: "/origin",
    owner: "a test",
    handle(exchange) {
      seen.resolve(exchange.origin);
      exchange.reply(200, {}, exchange.callerAddress);
    },
  });
  const { origin: url } = await host.listen();
  const text = await (await fetch(`${url}/origin`, { headers })).text();
  const origin = await seen.promise;
  expect(text).toBe(origin.address);
  return origin;
}

const LOOPBACK = ["127.0.0.1"];
const INSIDE = ["127.0.0.0/8", "10.0.0.0/8"];

test("nothing that a caller writes is believed of a connection that is not trusted", async () => {
  const claims = {
    "x-forwarded-for": "6.6.6.6",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
    forwarded: "for=7.7.7.7;proto=https",
  };
  for (const trusted of [[], ["10.0.0.0/8"]]) {
    const { host, ...origin } = await originFor(trusted, claims);
    expect(origin).toEqual({ address: "127.0.0.1", chain: ["127.0.0.1"], scheme: "http" });
    expect(host).toMatch(/^127\.0\.0\.1:/);
  }
});

test.each([
  ["one proxy", LOOPBACK, { "x-forwarded-for": "1.2.3.4" }, "1.2.3.4"],
  ["what the caller itself wrote stands before", LOOPBACK, { "x-forwarded-for": "6.6.6.6, 1.2.3.4" }, "1.2.3.4"],
  ["two proxies", INSIDE, { "x-forwarded-for": "6.6.6.6, 1.2.3.4, 10.0.0.7" }, "1.2.3.4"],
  ["only proxies", INSIDE, { "x-forwarded-for": "10.0.0.8,10.0.0.7" }, "10.0.0.8"],
  ["with a port", LOOPBACK, { "x-forwarded-for": "1.2.3.4:5678" }, "1.2.3.4"],
  ["IPv6", LOOPBACK, { "x-forwarded-for": "2001:db8::1" }, "2001:db8::1"],
  ["IPv6 with a port", LOOPBACK, { "x-forwarded-for": "[2001:db8::1]:5678" }, "2001:db8::1"],
  ["nonsense", LOOPBACK, { "x-forwarded-for": "1.2.3.4, <script>" }, "127.0.0.1"],
  ["nothing", LOOPBACK, {}, "127.0.0.1"],
  ["Forwarded", LOOPBACK, { forwarded: 'for=6.6.6.6, For="[2001:db8::1]:80";proto=https', "x-forwarded-for": "9.9.9.9" }, "2001:db8::1"],
  ["Forwarded with a placeholder", LOOPBACK, { forwarded: "for=_hidden" }, "127.0.0.1"],
  ["Forwarded without for", LOOPBACK, { forwarded: "proto=https" }, "127.0.0.1"],
] satisfies [string, string[], Record<string, string>, string][])(
  "%s: the caller is the last that no trusted proxy is",
  async (_name, trusted, headers, address) => {
    expect((await originFor(trusted, headers)).address).toBe(address);
  },
);

test("scheme and host are those that the first proxy saw", async () => {
  expect(
    await originFor(LOOPBACK, { "x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https", "x-forwarded-host": "shop.example" }),
  ).toEqual({
    address: "1.2.3.4",
    chain: ["1.2.3.4", "127.0.0.1"],
    scheme: "https",
    host: "shop.example",
  });
  expect(await originFor(LOOPBACK, { forwarded: 'for=1.2.3.4;proto=HTTPS;host="shop.example:8443", for=10.0.0.1' })).toMatchObject({
    scheme: "https",
    host: "shop.example:8443",
  });
  expect((await originFor(LOOPBACK, { "x-forwarded-proto": "gopher" })).scheme).toBe("http");
});
