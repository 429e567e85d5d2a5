import { it } from "vitest";
import type { Steps } from "../../builder/steps.ts";
import { length, ofOrders, price, refused, same, type BodyAt, type Order, type Receipt } from "../../builder/type-cases.test.support.ts";

it("loadBalance yields the union of its targets", () => {
  const targets = { a: (s: Steps<Order>) => s.call(price), b: (s: Steps<Order>) => s.call(price) };
  const even = ofOrders.loadBalance({ strategy: "roundRobin" }, targets);
  same<BodyAt<typeof even>, Receipt>(true);
  ofOrders.loadBalance({ strategy: "weighted", weights: { a: 2, b: 1 } }, targets);
  ofOrders.loadBalance({ strategy: "sticky", key: (m) => m.body.id }, targets);
  ofOrders.loadBalance({ strategy: "failover", match: { kind: "transient" }, maxTargets: 2 }, targets);
  const mixed = ofOrders.loadBalance({ strategy: "random" }, { a: (s) => s.call(price), b: (s) => s.map((m) => m.body.total) });
  same<BodyAt<typeof mixed>, Receipt | number>(true);
  refused(() => {
    // @ts-expect-error there is no such strategy
    ofOrders.loadBalance({ strategy: "fastest" }, targets);
    // @ts-expect-error weights are missing
    ofOrders.loadBalance({ strategy: "weighted" }, targets);
    // @ts-expect-error the key is missing
    ofOrders.loadBalance({ strategy: "sticky" }, targets);
    // @ts-expect-error an order has no `customer`
    ofOrders.loadBalance({ strategy: "sticky", key: (m) => m.body.customer }, targets);
    // @ts-expect-error the targets are missing
    ofOrders.loadBalance({ strategy: "random" });
    // @ts-expect-error a target gets the order
    ofOrders.loadBalance({ strategy: "random" }, { a: (s) => s.call(length) });
  });
});
