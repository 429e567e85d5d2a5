import { it } from "vitest";
import { ofOrders, price, refused, same, type BodyAt, type Order, type Receipt } from "../../builder/type-cases.test.support.ts";

it("throttle keeps the body, a concurrent one yields what its block does", () => {
  const rate = ofOrders.throttle({ limit: 5, period: "1s", key: (m) => m.body.id, excess: "reject" });
  same<BodyAt<typeof rate>, Order>(true);
  const computed = ofOrders.throttle({ limit: (m) => m.body.total });
  same<BodyAt<typeof computed>, Order>(true);
  const concurrent = ofOrders.throttle({ limit: 2, mode: "concurrent" }, (s) => s.call(price));
  same<BodyAt<typeof concurrent>, Receipt>(true);
  refused(() => {
    // @ts-expect-error the limit is missing
    ofOrders.throttle({ period: "1s" });
    // @ts-expect-error a limit is a number
    ofOrders.throttle({ limit: (m) => m.body.id });
    // @ts-expect-error what runs at once is missing
    ofOrders.throttle({ limit: 2, mode: "concurrent" });
    // @ts-expect-error so many at once have no period
    ofOrders.throttle({ limit: 2, mode: "concurrent", period: "1s" }, (s) => s);
    // @ts-expect-error there is no such treatment of excess
    ofOrders.throttle({ limit: 2, excess: "drop" });
  });
});
