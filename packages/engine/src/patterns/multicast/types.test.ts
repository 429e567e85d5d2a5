import { it } from "vitest";
import type { Steps } from "../../builder/steps.ts";
import { length, ofOrders, price, refused, same, type BodyAt, type Order, type Receipt } from "../../builder/type-cases.test.support.ts";

it("multicast keeps the body unless combine says otherwise", () => {
  const branches = { receipt: (s: Steps<Order>) => s.call(price), total: (s: Steps<Order>) => s.map((m) => m.body.total) };
  const original = ofOrders.multicast(branches, { parallel: true });
  same<BodyAt<typeof original>, Order>(true);
  const object = ofOrders.multicast(branches, { combine: "object" });
  same<BodyAt<typeof object>, { readonly receipt?: Receipt; readonly total?: number }>(true);
  const list = ofOrders.multicast(branches, { combine: "list" });
  same<BodyAt<typeof list>, readonly (Receipt | number)[]>(true);
  const first = ofOrders.multicast(branches, { combine: "first" });
  same<BodyAt<typeof first>, Receipt | number | Order>(true);
  const count = ofOrders.multicast(branches, { combine: { fold: (acc: number) => acc + 1, initial: () => 0 } });
  same<BodyAt<typeof count>, number>(true);
  const joined = ofOrders.multicast(branches, { combine: { join: "," } });
  same<BodyAt<typeof joined>, string>(true);
  const objects = { receipt: (s: Steps<Order>) => s.call(price), order: (s: Steps<Order>) => s };
  const merged = ofOrders.multicast(objects, { combine: "merge" });
  same<BodyAt<typeof merged>, { readonly orderId?: string; readonly id?: string; readonly total?: number }>(true);
  refused(() => {
    // @ts-expect-error a total cannot be merged
    ofOrders.multicast(branches, { combine: "merge" });
    // @ts-expect-error the branches are missing
    ofOrders.multicast();
    // @ts-expect-error branches have names
    ofOrders.multicast((s: Steps<Order>) => s);
    // @ts-expect-error a branch gets the order
    ofOrders.multicast({ a: (s) => s.call(length) });
    // @ts-expect-error there is no such way to combine
    ofOrders.multicast(branches, { combine: "sum" });
    // @ts-expect-error there is no such treatment of failed parts
    ofOrders.multicast(branches, { onPartFailure: "ignore" });
    // @ts-expect-error there is no such branch
    object.map((m) => m.body.invoice);
  });
});
