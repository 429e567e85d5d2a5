import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt } from "../../builder/type-cases.test.support.ts";

it("dynamicRouter asks for addresses and knows nothing of the last reply", () => {
  const routed = ofOrders.dynamicRouter((m) => (m.attributes["hop"] === 1 ? undefined : "route:price"), { maxHops: 3, onUnknown: "skip" });
  same<BodyAt<typeof routed>, unknown>(true);
  refused(() => {
    // @ts-expect-error an address is a text
    ofOrders.dynamicRouter(() => 5);
    // @ts-expect-error the addresses are computed
    ofOrders.dynamicRouter("route:price");
    // @ts-expect-error hops are counted
    ofOrders.dynamicRouter(() => undefined, { maxHops: "3" });
    // @ts-expect-error after a hop the body may be anything
    ofOrders.dynamicRouter((m) => m.body.id);
  });
});
