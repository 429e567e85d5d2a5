import type { Message } from "@portolan/core";
import { it } from "vitest";
import { ofOrders, orders, refused, same, texts, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("wireTap keeps the body; its target must take the copy", () => {
  const tapped = ofOrders.wireTap(orders, { id: "audit" });
  same<BodyAt<typeof tapped>, Order>(true);
  const changed = ofOrders.wireTap(texts, { body: (m) => m.body.id, headers: { total: (m) => m.body.total } });
  same<BodyAt<typeof changed>, Order>(true);
  const computed = ofOrders.wireTap((m) => `channel:${m.body.id}`, { allow: ["https://audit/*"], onUnknown: "skip" });
  same<BodyAt<typeof computed>, Order>(true);
  const ofCopy = ofOrders.wireTap((copy: Message<string>) => `channel:${copy.body}`, { body: (m) => m.body.id });
  same<BodyAt<typeof ofCopy>, Order>(true);
  refused(() => {
    // @ts-expect-error an address is a text
    ofOrders.wireTap((m) => m.body.total);
    // @ts-expect-error the copy is a text
    ofOrders.wireTap((copy: Message<Order>) => `channel:${copy.body.id}`, { body: (m) => m.body.id });
    // @ts-expect-error a channel is no computed address
    ofOrders.wireTap(orders, { onUnknown: "skip" });
    // @ts-expect-error its target is missing
    ofOrders.wireTap();
    // @ts-expect-error the channel takes texts
    ofOrders.wireTap(texts);
    // @ts-expect-error the channel takes texts, not numbers
    ofOrders.wireTap(texts, { body: (m) => m.body.total });
    // @ts-expect-error an order has no `amount`
    ofOrders.wireTap(texts, { body: (m) => m.body.amount });
  });
});

it("wireTap took headers only together with a body", () => {
  const marked = ofOrders.wireTap(orders, { headers: { total: (m) => m.body.total } });
  same<BodyAt<typeof marked>, Order>(true);
});
