import type { Message } from "@portolan/core";
import { it } from "vitest";
import type { Steps } from "../../builder/steps.ts";
import { length, ofOrders, price, refused, same, type BodyAt, type Order, type Receipt } from "../../builder/type-cases.test.support.ts";

it("timeout yields what its block does", () => {
  const timed = ofOrders.timeout("2s", (s) => s.call(price), { id: "in-time" });
  same<BodyAt<typeof timed>, Receipt>(true);
  refused(() => {
    // @ts-expect-error how long is missing
    ofOrders.timeout((s: Steps<Order>) => s);
    // @ts-expect-error its block is missing
    ofOrders.timeout("2s");
    ofOrders.timeout(
      // @ts-expect-error a span is not computed
      (m: Message<Order>) => m.body.total,
      (s) => s,
    );
    // @ts-expect-error the block gets the order
    ofOrders.timeout("2s", (s) => s.call(length));
  });
});
