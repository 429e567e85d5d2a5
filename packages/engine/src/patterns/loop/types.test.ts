import { it } from "vitest";
import type { Steps } from "../../builder/steps.ts";
import { ofOrders, refused, same, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("loop keeps the body, which each round must yield again", () => {
  const counted = ofOrders.loop(
    () => 3,
    (s) => s.map((m) => ({ ...m.body, total: m.body.total + 1 })),
    { max: 5, copy: true },
  );
  same<BodyAt<typeof counted>, Order>(true);
  const held = ofOrders.loop({ while: (m) => m.body.total < 5 }, (s) => s.map((m) => m.body));
  same<BodyAt<typeof held>, Order>(true);
  refused(() => {
    // @ts-expect-error how often is missing
    ofOrders.loop((s: Steps<Order>) => s);
    ofOrders.loop(
      // @ts-expect-error the number of rounds is a number
      (m) => m.body.id,
      (s) => s,
    );
    // @ts-expect-error an order has no `left`
    ofOrders.loop({ while: (m) => m.body.left }, (s) => s);
    ofOrders.loop(
      // @ts-expect-error the next round could not begin with a text
      () => 3,
      (s) => s.map((m) => m.body.id),
    );
    ofOrders.loop(
      // @ts-expect-error there is no such option
      () => 3,
      (s) => s,
      { rounds: 3 },
    );
  });
});
