import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("claimCheck keeps the body when it puts it aside, and knows nothing of what it fetches", () => {
  const pushed = ofOrders.claimCheck("push");
  same<BodyAt<typeof pushed>, Order>(true);
  const set = ofOrders.claimCheck("set", { key: (m) => m.body.id, store: "durable", ttl: "1h" });
  same<BodyAt<typeof set>, Order>(true);
  const popped = ofOrders.claimCheck("pop", { headers: ["a*"], onMissing: "keep" });
  same<BodyAt<typeof popped>, unknown>(true);
  refused(() => {
    // @ts-expect-error there is no such operation
    ofOrders.claimCheck("peek");
    // @ts-expect-error its key is missing
    ofOrders.claimCheck("set");
    // @ts-expect-error its key is missing
    ofOrders.claimCheck("get", { onMissing: "keep" });
    // @ts-expect-error an order has no `number`
    ofOrders.claimCheck("set", { key: (m) => m.body.number });
    // @ts-expect-error there is no such store
    ofOrders.claimCheck("set", { key: (m) => m.body.id, store: "disk" });
    // @ts-expect-error a stack has no keys
    ofOrders.claimCheck("push", { key: () => 1 });
  });
});
