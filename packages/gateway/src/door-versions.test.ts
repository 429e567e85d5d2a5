import { silentLogger } from "@portolan/core";
import { expect, test } from "vitest";
import type { VersionBy } from "./door-version.ts";
import { createHttpHost } from "./http-host.ts";

async function versions(by: VersionBy, standard?: string) {
  const host = createHttpHost({ port: 0, log: silentLogger });
  for (const name of ["1", "2"]) {
    host.mount({
      method: "GET",
      path: "/orders",
      owner: `route v${name}`,
      version: { name, by, isDefault: name === standard },
      handle: (exchange) => exchange.reply(200, { vary: "accept" }, name),
    });
  }
  const { origin } = await host.listen();
  const ask = async (query: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${origin}/orders${query}`, { headers });
    return { text: await response.text(), status: response.status, vary: response.headers.get("vary") };
  };
  return { host, ask, [Symbol.asyncDispose]: () => host.close({ deadlineMs: 0 }) };
}

test("a header tells versions apart, and caches are told", async () => {
  await using door = await versions({ header: "Api-Version" }, "1");
  expect(await door.ask("", { "api-version": "v2" })).toEqual({ text: "2", status: 200, vary: "accept, api-version" });
  expect((await door.ask("")).text).toBe("1");
  const unknown = await door.ask("", { "api-version": "3" });
  expect(unknown).toMatchObject({ status: 400, vary: "api-version" });
  expect(JSON.parse(unknown.text)).toMatchObject({ detail: 'expected version 1 or 2 in the header Api-Version, found "3"' });
});

test("a query, or a media type, tells versions apart; without a default each request names one", async () => {
  await using query = await versions({ query: "v" });
  expect([(await query.ask("?v=2")).text, (await query.ask("")).status]).toEqual(["2", 400]);
  await using types = await versions({ mediaType: true });
  for (const accept of ["application/json;version=2", "application/vnd.shop.v2+json", "a/b;version=1;q=0.5, a/b;version=2"])
    expect((await types.ask("", { accept })).text).toBe("2");
});

test.each([
  [{ name: "v1", by: { query: "v" }, isDefault: false }, "is taken by route v1"],
  [{ name: "3", by: { header: "x" }, isDefault: false }, "has its version elsewhere"],
  [{ name: "3", by: { query: "v" }, isDefault: true }, "another default version"],
  [undefined, "is taken by route v1"],
])("the version %j cannot stand beside the others", async (version, reason) => {
  await using door = await versions({ query: "v" }, "1");
  expect(() => door.host.mount({ method: "GET", path: "/orders", owner: "route c", version, handle() {} })).toThrow(reason);
});
