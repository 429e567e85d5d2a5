import { it } from "vitest";
import { length, ofOrders, price, refused, same, type BodyAt, type Order, type Receipt } from "../../builder/type-cases.test.support.ts";

it("idempotent keeps the body, a block adds what it yields", () => {
  const once = ofOrders.idempotent((m) => m.body.id, { duplicates: "mark", ttl: "1d" });
  same<BodyAt<typeof once>, Order>(true);
  const block = ofOrders.idempotent(
    (m) => m.body.id,
    (s) => s.call(price),
    { scope: "orders" },
  );
  same<BodyAt<typeof block>, Order | Receipt>(true);
  refused(() => {
    // @ts-expect-error the key is missing
    ofOrders.idempotent({ duplicates: "mark" });
    // @ts-expect-error an order has no `number`
    ofOrders.idempotent((m) => m.body.number);
    // @ts-expect-error there is no such treatment of duplicates
    ofOrders.idempotent((m) => m.body.id, { duplicates: "skip" });
    ofOrders.idempotent(
      (m) => m.body.id,
      // @ts-expect-error the block gets the order
      (s) => s.call(length),
    );
  });
});
