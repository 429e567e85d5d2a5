import { describe, expect, it } from "vitest";
import { isAllowed } from "./allowed-address.ts";

describe("an address", () => {
  const cases: readonly (readonly [address: string, pattern: string, allowed: boolean])[] = [
    ["https://api.example.com/orders/1", "https://api.example.com/*", true],
    ["https://api.example.com", "https://api.example.com", true],
    ["https://api.example.com/", "https://api.example.com", true],
    ["https://eu.example.com/x?y=1", "https://*.example.com/*", true],
    ["https://evil.test/.example.com/x", "https://*.example.com/*", false],
    ["https://evil.test?.example.com/x", "https://*.example.com/*", false],
    ["https://evil.test#.example.com/x", "https://*.example.com/*", false],
    ["https://api.example.com@evil.test/", "https://api.example.com*/*", false],
    ["https://user:secret@api.example.com/x", "https://api.example.com/*", false],
    ["https://API.example.com/x", "https://api.example.com/*", true],
    ["https://api.example.com:8443/x", "https://api.example.com/*", false],
    ["http://api.example.com/x", "https://api.example.com/*", false],
    ["https://api.example.com/a/../secret", "https://api.example.com/a/*", false],
    ["https://", "https://*/*", false],
    ["queue:orders", "queue:*", true],
    ["queue:orders", "https://*/*", false],
    ["https://api.example.com/x", "*", false],
  ];
  for (const [address, pattern, allowed] of cases) {
    it(`${address} is ${allowed ? "" : "not "}allowed by ${pattern}`, () => {
      expect(isAllowed(address, [pattern])).toBe(allowed);
    });
  }
});
