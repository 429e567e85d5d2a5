import { it } from "vitest";
import {
  length,
  ofOrders,
  orders,
  price,
  refused,
  same,
  type BodyAt,
  type Order,
  type Receipt,
} from "../../builder/type-cases.test.support.ts";

it("enrich yields what combine makes of the body and the reply, else the reply", () => {
  const replaced = ofOrders.enrich(price);
  same<BodyAt<typeof replaced>, Receipt>(true);
  const combined = ofOrders.enrich(price, { combine: (order, reply) => ({ ...order, receipt: reply.body.orderId }) });
  same<BodyAt<typeof combined>, { receipt: string; id: string; total: number }>(true);
  const asked = ofOrders.enrich(length, { body: (m) => m.body.id, combine: (order, reply) => order.total + reply.body });
  same<BodyAt<typeof asked>, number>(true);
  const askedOnly = ofOrders.enrich(length, { body: (m) => m.body.id });
  same<BodyAt<typeof askedOnly>, number>(true);
  refused(() => {
    // @ts-expect-error the route wants a text
    ofOrders.enrich(length);
    // @ts-expect-error a channel has no reply
    ofOrders.enrich(orders);
    // @ts-expect-error a receipt has no `total`
    ofOrders.enrich(price, { combine: (_order, reply) => reply.body.total });
    // @ts-expect-error there is no such answer to a failure
    ofOrders.enrich(price, { onFailure: "skip" });
  });
});

it("enrich let another body than the target takes through, and forgot that a failure keeps the message", () => {
  const kept = ofOrders.enrich(price, { onFailure: "keep" });
  same<BodyAt<typeof kept>, Receipt | Order>(true);
  const combined = ofOrders.enrich(price, { onFailure: "keep", combine: (_order, reply) => reply.body.orderId });
  same<BodyAt<typeof combined>, string | Order>(true);
  refused(() => {
    // @ts-expect-error the route wants an order, not its id
    ofOrders.enrich(price, { body: (m) => m.body.id });
    // @ts-expect-error the route wants an order, not its id
    ofOrders.enrich(price, { body: (m) => m.body.id, combine: (order) => order });
  });
});
