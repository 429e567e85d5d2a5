import type { Clock } from "@portolan/core";
import { expect, test } from "vitest";
import { readProxy, type ProxyInput } from "../index.ts";
import { faultsOf } from "../proxy/proxy.test.support.ts";
import type { BalancedTarget } from "./balanced-target.ts";
import { createBalancer, type Balancer } from "./balancer.ts";

const A = "http://a.example";
const B = "http://b.example";
const C = "http://c.example";

function createHandClock(): Clock & { nowMs: number } {
  return {
    nowMs: 1000,
    now() {
      return this.nowMs;
    },
    after: () => ({ cancel() {} }),
  };
}

function build(input: Omit<ProxyInput, "path">) {
  const clock = createHandClock();
  const changes: string[] = [];
  const balancer = createBalancer(readProxy({ path: "/*", ...input }), {
    clock,
    onChange: ({ url, out }) => void changes.push(`${url} ${out ?? "back"}`),
  });
  return { balancer, clock, changes };
}

function taken(balancer: Balancer, query?: Parameters<Balancer["take"]>[0]): BalancedTarget {
  const target = balancer.take(query);
  if (target === undefined) throw new Error("expected a target, found none");
  return target;
}

/** The target of a request that is over at once. */
function ask(balancer: Balancer, outcome: "well" | "failed" = "well", key = ""): string {
  const target = taken(balancer, { key });
  balancer.tell(target, outcome);
  balancer.release(target);
  return target.url;
}

const asks = (balancer: Balancer, times: number) => Array.from({ length: times }, () => ask(balancer).slice(7, 8)).join("");

test("round robin goes in turns, smoothly by weight, and past targets without weight", () => {
  expect(asks(build({ targets: [A, B, C] }).balancer, 7)).toBe("abcabca");
  expect(asks(build({ targets: [{ url: A, weight: 5 }, B, C] }).balancer, 14)).toBe("aabacaaaabacaa");
  expect(asks(build({ targets: [A, { url: B, weight: 0 }] }).balancer, 3)).toBe("aaa");
});

test("the least pending target is taken, by weight, and in turns while all have as many", () => {
  const { balancer } = build({ targets: [A, { url: B, weight: 2 }], balance: "leastPending" });
  const pending = Array.from({ length: 6 }, () => taken(balancer));
  expect(pending.filter(({ url }) => url === B)).toHaveLength(4);
  const first = pending.find(({ url }) => url === A) as BalancedTarget;
  balancer.release(first);
  expect(first.pending).toBe(1);
  expect(taken(balancer).url).toBe(A);
  expect(asks(build({ targets: [A, B], balance: "leastPending" }).balancer, 4)).toBe("abab");
});

test("the hash of a key leads to one target, in shares by weight, and only keys of a target that is out move", () => {
  const { balancer } = build({ targets: [{ url: A, weight: 2 }, B, C], balance: "hash", ejection: { failures: 1 } });
  const keys = Array.from({ length: 4000 }, (_, index) => `customer-${index}`);
  const places = () => new Map(keys.map((key) => [key, ask(balancer, "well", key)]));
  const before = places();
  expect(places()).toEqual(before);
  const share = (url: string) => [...before.values()].filter((one) => one === url).length / keys.length;
  for (const [url, expected] of [
    [A, 0.5],
    [B, 0.25],
    [C, 0.25],
  ] as const)
    expect(Math.abs(share(url) - expected)).toBeLessThan(0.03);

  const ofB = keys.find((key) => before.get(key) === B);
  ask(balancer, "failed", ofB);
  const during = new Map(keys.map((key) => [key, taken(balancer, { key }).url]));
  for (const [key, place] of before) {
    if (place === B) expect(during.get(key)).not.toBe(B);
    else expect(during.get(key)).toBe(place);
  }
});

test("a target that fails in a row is out, longer each time, and one request decides about its return", () => {
  const { balancer, clock, changes } = build({ targets: [A, B], ejection: { failures: 3, time: "10s", maxTime: "35s" } });
  const [a] = balancer.targets as [BalancedTarget];
  const fail = () => {
    balancer.tell(a, "failed");
  };
  fail();
  fail();
  balancer.tell(a, "well");
  fail();
  fail();
  expect(a.out).toBeUndefined();
  fail();
  expect(a.out).toBe("ejected");
  // What was under way says nothing new.
  fail();
  expect([asks(balancer, 4), balancer.returnsInMs()]).toEqual(["bbbb", 10_000]);
  for (const time of [20_000, 35_000, 35_000]) {
    clock.nowMs += balancer.returnsInMs() ?? Number.NaN;
    const trial = taken(balancer, { tried: new Set(balancer.targets.slice(1)) });
    expect([trial.url, asks(balancer, 3)]).toEqual([A, "bbb"]);
    balancer.tell(trial, "failed");
    balancer.release(trial);
    expect(balancer.returnsInMs()).toBe(time);
  }
  clock.nowMs += 35_000;
  const trial = taken(balancer, { tried: new Set(balancer.targets.slice(1)) });
  balancer.tell(trial, "well");
  balancer.release(trial);
  expect([a.out, changes]).toEqual([undefined, [`${A} ejected`, `${A} back`]]);
  expect(new Set(asks(balancer, 4))).toEqual(new Set(["a", "b"]));
});

test("a trial whose caller left is followed by another", () => {
  const { balancer, clock } = build({ targets: A, ejection: { failures: 1 }, whenAllOut: "refuse" });
  ask(balancer, "failed");
  expect(balancer.take()).toBeUndefined();
  clock.nowMs += 10_000;
  const trial = taken(balancer);
  expect(balancer.take()).toBeUndefined();
  balancer.release(trial);
  expect(ask(balancer)).toBe(A);
  expect(balancer.targets[0]?.out).toBeUndefined();
});

test("when all are out they are tried all the same, and the first success brings one back", () => {
  const { balancer } = build({ targets: [A, B], ejection: { failures: 1 } });
  ask(balancer, "failed");
  ask(balancer, "failed");
  expect(balancer.targets.map(({ out }) => out)).toEqual(["ejected", "ejected"]);
  const back = ask(balancer);
  expect(balancer.targets.find(({ out }) => out === undefined)?.url).toBe(back);
  expect(new Set(Array.from({ length: 3 }, () => ask(balancer)))).toEqual(new Set([back]));
});

test("health checks take out and bring back after so many in a row, also one that is ejected", () => {
  const { balancer, changes } = build({ targets: [A, B], health: { failures: 2, successes: 2 }, ejection: { failures: 1 } });
  const [a] = balancer.targets as [BalancedTarget];
  const found = (...healthy: boolean[]) => {
    for (const one of healthy) balancer.checked(a, one);
    return a.out;
  };
  expect(found(false, true, false)).toBeUndefined();
  expect(found(false)).toBe("unhealthy");
  expect(asks(balancer, 3)).toBe("bbb");
  balancer.tell(a, "failed");
  expect(found(true, false, true)).toBe("unhealthy");
  expect(found(true)).toBeUndefined();
  expect(changes).toEqual([`${A} unhealthy`, `${A} back`]);
});

test("a target that was tried comes again only if there is no other", () => {
  const { balancer } = build({ targets: [A, B] });
  const tried = new Set([taken(balancer)]);
  const second = taken(balancer, { tried });
  expect(tried.has(second)).toBe(false);
  expect(balancer.take({ tried: new Set([...tried, second]) })).toBeDefined();
});

test.each([
  [{ targets: [] }, "there is none"],
  [{ targets: "ftp://a.example" }, "no http or https address"],
  [{ targets: "a.example:80" }, "no http or https address"],
  [{ targets: "http://x:y@a.example" }, "has a user"],
  [{ targets: "http://a.example/?x" }, "has a query"],
  [{ targets: [A, A] }, "is there twice"],
  [{ targets: { url: A, weight: 0 } }, "all weights are 0"],
  [{ targets: A, hashBy: "x" }, "hashBy says nothing"],
  [{ targets: A, ejection: { time: "1m", maxTime: "1s" } }, "shorter than time"],
] satisfies [Omit<ProxyInput, "path">, string][])("%j is refused", (input, fault) => {
  expect(faultsOf({ path: "/*", ...input })).toContain(fault);
});
