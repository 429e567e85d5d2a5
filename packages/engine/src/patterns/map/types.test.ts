import { it } from "vitest";
import { ofOrders, orders, refused, same, type BodyAt } from "../../builder/type-cases.test.support.ts";

it("map yields the value of its function, also one that is waited for", () => {
  const mapped = ofOrders.map((m) => m.body.total, { id: "total" });
  same<BodyAt<typeof mapped>, number>(true);
  const waited = ofOrders.map(async (m) => m.body.id);
  same<BodyAt<typeof waited>, string>(true);
  refused(() => {
    // @ts-expect-error the value is missing
    ofOrders.map();
    // @ts-expect-error the value is computed
    ofOrders.map("body.total");
    // @ts-expect-error an order has no `amount`
    ofOrders.map((m) => m.body.amount);
    // @ts-expect-error there is no such option
    ofOrders.map((m) => m.body, { name: "same" });
    // @ts-expect-error a number is no order
    mapped.to(orders);
  });
});
