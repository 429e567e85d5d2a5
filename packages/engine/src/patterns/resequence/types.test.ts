import { it } from "vitest";
import { length, ofOrders, price, refused, same, type BodyAt, type EndedAt, type Order } from "../../builder/type-cases.test.support.ts";

it("resequence keeps the body, and messages that wait end with nothing", () => {
  const ordered = ofOrders.resequence({ by: (m) => m.body.total, size: 10, timeout: "5s" });
  same<BodyAt<typeof ordered>, Order>(true);
  same<EndedAt<typeof ordered>, null>(true);
  const aside = ofOrders.resequence({ by: (m) => m.body.id, mode: "stream" }, (s) => s.call(price));
  same<BodyAt<typeof aside>, Order>(true);
  refused(() => {
    // @ts-expect-error what to order by is missing
    ofOrders.resequence({ size: 10 });
    // @ts-expect-error an order has no `number`
    ofOrders.resequence({ by: (m) => m.body.number });
    // @ts-expect-error bodies cannot be ordered, numbers and texts can
    ofOrders.resequence({ by: (m) => m.body });
    // @ts-expect-error there is no such mode
    ofOrders.resequence({ by: (m) => m.body.total, mode: "live" });
    // @ts-expect-error the block gets the order
    ofOrders.resequence({ by: (m) => m.body.total }, (s) => s.call(length));
  });
});
