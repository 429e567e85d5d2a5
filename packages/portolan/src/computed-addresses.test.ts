import { app, channel, route } from "portolan";
import { testApp } from "portolan/testing";
import { expect, it } from "vitest";

const audit = channel("audit.de");

it("a tap's computed address is that of the copy, and follows its own options", async () => {
  const tapped = route("tapped")
    .wireTap((copy) => `channel:audit.${String(copy.body)}`, { onUnknown: "skip", body: () => "de", headers: { by: () => "tap" } })
    .wireTap(() => "channel:audit.fr", { onUnknown: "skip", id: "nowhere" });
  await using bench = testApp(app("taps", { routes: [tapped], channels: [audit] }));
  expect(await bench.request(tapped, "fr")).toBe("fr");
  await bench.settle();
  expect(bench.committed(audit)).toMatchObject([{ body: "de", headers: { by: "tap" } }]);
  expect(bench.deadLetters()).toEqual([]);
});

it("replies of recipients are folded, merged and joined", async () => {
  const one = route("one").map(() => ({ a: 1, b: 1 }));
  const two = route("two").map(() => ({ b: 2 }));
  const addresses = () => ["route:one", "route:two"];
  const counted = route("counted").recipientList(addresses, {
    combine: { fold: (acc: number, reply) => acc + Object.keys(reply.body as object).length, initial: () => 10 },
  });
  const merged = route("merged").recipientList(addresses, { combine: "merge" });
  const joined = route("joined").recipientList(addresses, { combine: { join: " | " } });
  await using bench = testApp(app("replies", { routes: [one, two, counted, merged, joined] }));
  expect(await bench.request(counted, null)).toBe(13);
  expect(await bench.request(merged, null)).toEqual({ a: 1, b: 2 });
  expect(await bench.request(joined, null)).toBe('{"a":1,"b":1} | {"b":2}');
});
