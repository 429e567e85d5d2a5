import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("log keeps the body", () => {
  const logged = ofOrders.log((m) => m.body.total, "warn", { id: "total" });
  same<BodyAt<typeof logged>, Order>(true);
  refused(() => {
    // @ts-expect-error what is logged is missing
    ofOrders.log();
    // @ts-expect-error what is logged is computed
    ofOrders.log("an order");
    // @ts-expect-error there is no such level
    ofOrders.log((m) => m.body.id, "loud");
    // @ts-expect-error an order has no `amount`
    ofOrders.log((m) => m.body.amount);
  });
});
