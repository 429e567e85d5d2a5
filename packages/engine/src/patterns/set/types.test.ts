import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("set keeps the body", () => {
  const marked = ofOrders.set({ headers: { "x-id": (m) => m.body.id }, attributes: { total: (m) => m.body.total }, id: "mark" });
  same<BodyAt<typeof marked>, Order>(true);
  refused(() => {
    // @ts-expect-error what is set is missing
    ofOrders.set();
    // @ts-expect-error values are computed
    ofOrders.set({ headers: { "x-id": "5" } });
    // @ts-expect-error an order has no `amount`
    ofOrders.set({ attributes: { total: (m) => m.body.amount } });
    // @ts-expect-error the body is set by `map`
    ofOrders.set({ body: (m) => m.body.id });
  });
});
