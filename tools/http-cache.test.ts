import { expect, test } from "vitest";
import { httpCacheSuite } from "./suites/http-cache.ts";

test("the cache of the HTTP host keeps to RFC 9111 in every case of the suite", async () => {
  const { cases, failures } = await httpCacheSuite.run();
  expect(failures).toEqual([]);
  expect(cases).toBeGreaterThan(250);
});
