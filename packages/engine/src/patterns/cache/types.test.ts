import { it } from "vitest";
import { length, ofOrders, price, refused, same, type BodyAt, type Receipt } from "../../builder/type-cases.test.support.ts";

it("cache yields what its block does", () => {
  const cached = ofOrders.cache({ key: (m) => m.body.id, ttl: "1m", max: 10 }, (s) => s.call(price));
  same<BodyAt<typeof cached>, Receipt>(true);
  refused(() => {
    // @ts-expect-error how long entries live is missing
    ofOrders.cache({ key: (m) => m.body.id }, (s) => s.call(price));
    // @ts-expect-error its block is missing
    ofOrders.cache({ key: (m) => m.body.id, ttl: "1m" });
    // @ts-expect-error an order has no `sku`
    ofOrders.cache({ key: (m) => m.body.sku, ttl: "1m" }, (s) => s.call(price));
    // @ts-expect-error a maximum is a number
    ofOrders.cache({ key: (m) => m.body.id, ttl: "1m", max: "10" }, (s) => s.call(price));
    // @ts-expect-error the block gets an order
    ofOrders.cache({ key: (m) => m.body.id, ttl: "1m" }, (s) => s.call(length));
  });
});
