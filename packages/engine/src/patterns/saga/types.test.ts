import { it } from "vitest";
import { length, ofOrders, orders, price, refused, same, texts, type BodyAt, type Receipt } from "../../builder/type-cases.test.support.ts";

it("saga yields what its last action does; each undo gets what was saved", () => {
  const done = ofOrders.saga(
    (saga) =>
      saga
        .action("reserve", (s) => s.call(price), {
          save: (m) => m.body.total,
          compensate: (s) => {
            same<BodyAt<typeof s>, number>(true);
            return s.stop();
          },
        })
        .action("measure", (s) => s.map((m) => m.body.orderId)),
    { timeout: "1h", retry: { attempts: 3 } },
  );
  same<BodyAt<typeof done>, string>(true);
  refused(() => {
    // @ts-expect-error an action has a name
    ofOrders.saga((saga) => saga.action((s) => s.call(price)));
    // @ts-expect-error an action has a block
    ofOrders.saga((saga) => saga.action("reserve"));
    // @ts-expect-error the action gets the order
    ofOrders.saga((saga) => saga.action("measure", (s) => s.call(length)));
    // @ts-expect-error the second action gets what the first yields
    ofOrders.saga((saga) => saga.action("a", (s) => s.call(price)).action("b", (s) => s.call(price)));
    // @ts-expect-error a saga ends in time
    ofOrders.saga((saga) => saga.action("a", (s) => s.call(price)), { timeout: true });
  });
});

it("the undo of a saga's action gets the order where nothing else is saved", () => {
  const done = ofOrders.saga((saga) => saga.action("reserve", (s) => s.call(price), { compensate: (s) => s.to(orders) }));
  same<BodyAt<typeof done>, Receipt>(true);
  refused(() => {
    // @ts-expect-error an order is no text
    ofOrders.saga((saga) => saga.action("reserve", (s) => s.call(price), { compensate: (s) => s.to(texts) }));
  });
});
