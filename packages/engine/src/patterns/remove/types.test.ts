import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("remove keeps the body", () => {
  const removed = ofOrders.remove({ headers: ["x-*"], attributes: ["reply"], except: ["x-id"], id: "clean" });
  same<BodyAt<typeof removed>, Order>(true);
  refused(() => {
    // @ts-expect-error what is removed is missing
    ofOrders.remove();
    // @ts-expect-error patterns stand in a list
    ofOrders.remove({ headers: "x-*" });
    // @ts-expect-error a body is replaced, not removed
    ofOrders.remove({ body: true });
  });
});
