import { it } from "vitest";
import { ofOrders, orders, refused, same, type BodyAt, type EndedAt, type Order } from "../../builder/type-cases.test.support.ts";

it("aggregate yields what its combine makes of the bodies, and messages that wait end with nothing", () => {
  const taken = { key: (m: { readonly body: Order }) => m.body.id, complete: { size: 2 } };
  const list = ofOrders.aggregate(taken);
  same<BodyAt<typeof list>, readonly Order[]>(true);
  same<EndedAt<typeof list>, null>(true);
  const last = ofOrders.aggregate({ ...taken, combine: "last" });
  same<BodyAt<typeof last>, Order>(true);
  const joined = ofOrders.aggregate({ ...taken, combine: { join: "," } });
  same<BodyAt<typeof joined>, string>(true);
  const sum = ofOrders.aggregate({ ...taken, combine: { fold: (acc: number, m) => acc + m.body.total, initial: () => 0 } });
  same<BodyAt<typeof sum>, number>(true);
  const aside = ofOrders.aggregate(taken, (group) => {
    same<BodyAt<typeof group>, readonly Order[]>(true);
    return group.map((m) => m.body.length);
  });
  same<BodyAt<typeof aside>, Order>(true);
  refused(() => {
    // @ts-expect-error it has no key
    ofOrders.aggregate({ complete: { size: 2 } });
    // @ts-expect-error nothing says when a group is complete
    ofOrders.aggregate({ key: (m) => m.body.id });
    // @ts-expect-error an order has no `amount`
    ofOrders.aggregate({ key: (m) => m.body.amount, complete: { size: 2 } });
    // @ts-expect-error a size is a number
    ofOrders.aggregate({ key: (m) => m.body.id, complete: { size: "2" } });
    // @ts-expect-error there is no such option
    ofOrders.aggregate({ ...taken, onTimeOut: "discard" });
    // @ts-expect-error a group is no order
    ofOrders.aggregate(taken).to(orders);
  });
});
