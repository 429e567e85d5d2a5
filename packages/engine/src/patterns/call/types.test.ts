import { it } from "vitest";
import { length, ofOrders, orders, price, refused, same, type BodyAt, type Receipt } from "../../builder/type-cases.test.support.ts";

it("call yields the reply of a target that takes the body", () => {
  const asked = ofOrders.call(price, { id: "price" });
  same<BodyAt<typeof asked>, Receipt>(true);
  const computed = ofOrders.call((m) => `route:${m.body.id}`, { allow: ["route:*"], onUnknown: "skip" });
  same<BodyAt<typeof computed>, unknown>(true);
  refused(() => {
    // @ts-expect-error the route wants a text
    ofOrders.call(length);
    // @ts-expect-error a channel has no reply
    ofOrders.call(orders);
    // @ts-expect-error an address is a text
    ofOrders.call((m) => m.body.total);
    // @ts-expect-error only computed addresses have a list of what is allowed
    ofOrders.call(price, { allow: ["route:*"] });
    // @ts-expect-error a receipt has no `total`
    asked.map((m) => m.body.total);
  });
});
