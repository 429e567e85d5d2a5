import { it } from "vitest";
import { length, ofOrders, orders, price, refused, same, texts, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("to keeps the body, which its target must take", () => {
  const sent = ofOrders.to(orders, { id: "on" });
  same<BodyAt<typeof sent>, Order>(true);
  ofOrders.to(price);
  const computed = ofOrders.to((m) => `channel:${m.body.id}`, { allow: ["channel:*"], onEmpty: "skip" });
  same<BodyAt<typeof computed>, Order>(true);
  refused(() => {
    // @ts-expect-error its target is missing
    ofOrders.to();
    // @ts-expect-error the channel takes texts
    ofOrders.to(texts);
    // @ts-expect-error the route takes texts
    ofOrders.to(length);
    // @ts-expect-error an address is a text
    ofOrders.to((m) => m.body.total);
    // @ts-expect-error only computed addresses may be empty
    ofOrders.to(orders, { onEmpty: "skip" });
  });
});
