import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt } from "../../builder/type-cases.test.support.ts";

it("routingSlip takes addresses and knows nothing of the last reply", () => {
  const routed = ofOrders.routingSlip((m) => [`route:${m.body.id}`], { allow: ["route:*"], onUnknown: "skip" });
  same<BodyAt<typeof routed>, unknown>(true);
  refused(() => {
    // @ts-expect-error the addresses are missing
    ofOrders.routingSlip();
    // @ts-expect-error addresses are texts
    ofOrders.routingSlip((m) => [m.body.total]);
    // @ts-expect-error an order has no `slip`
    ofOrders.routingSlip((m) => m.body.slip);
    // @ts-expect-error one hop follows the other
    ofOrders.routingSlip(() => [], { parallel: true });
  });
});
