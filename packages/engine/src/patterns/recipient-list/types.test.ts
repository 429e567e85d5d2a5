import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("recipientList keeps the body unless combine says otherwise", () => {
  const sent = ofOrders.recipientList((m) => [`route:${m.body.id}`], { allow: ["route:*"], parallel: true });
  same<BodyAt<typeof sent>, Order>(true);
  const list = ofOrders.recipientList(() => "route:price", { combine: "list" });
  same<BodyAt<typeof list>, readonly unknown[]>(true);
  const last = ofOrders.recipientList(() => "route:price", { combine: "last" });
  same<BodyAt<typeof last>, unknown>(true);
  const merged = ofOrders.recipientList(() => [], { combine: "merge" });
  same<BodyAt<typeof merged>, Readonly<Record<string, unknown>>>(true);
  const joined = ofOrders.recipientList(() => [], { combine: { join: "," } });
  same<BodyAt<typeof joined>, string>(true);
  const counted = ofOrders.recipientList(() => [], { combine: { fold: (acc: number) => acc + 1, initial: (m) => m.body.total } });
  same<BodyAt<typeof counted>, number>(true);
  refused(() => {
    // @ts-expect-error a fold goes on with what it begins with
    ofOrders.recipientList(() => [], { combine: { fold: (acc: number) => acc + 1, initial: (m) => m.body.id } });
    // @ts-expect-error what a recipient replies is not known
    ofOrders.recipientList(() => [], { combine: { fold: (acc: number, reply) => acc + reply.body, initial: () => 0 } });
    // @ts-expect-error the addresses are missing
    ofOrders.recipientList();
    // @ts-expect-error addresses are texts
    ofOrders.recipientList((m) => [m.body.total]);
    // @ts-expect-error an order has no `recipients`
    ofOrders.recipientList((m) => m.body.recipients);
    // @ts-expect-error addresses have no names to combine under
    ofOrders.recipientList(() => [], { combine: "object" });
  });
});
