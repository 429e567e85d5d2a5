import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("delay keeps the body", () => {
  const fixed = ofOrders.delay("5s", { note: "let it settle" });
  same<BodyAt<typeof fixed>, Order>(true);
  const computed = ofOrders.delay((m) => m.body.total);
  same<BodyAt<typeof computed>, Order>(true);
  refused(() => {
    // @ts-expect-error how long is missing
    ofOrders.delay();
    // @ts-expect-error a computed span is a number of milliseconds
    ofOrders.delay((m) => m.body.id);
    // @ts-expect-error there is no such option
    ofOrders.delay("5s", { max: "1m" });
  });
});
