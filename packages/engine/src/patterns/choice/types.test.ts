import type { Message } from "@portolan/core";
import { it } from "vitest";
import { ofOrders, refused, same, schema, texts, type BodyAt, type EndedAt, type Order } from "../../builder/type-cases.test.support.ts";
import { route } from "../../index.ts";

it("choice yields the union of its arms, and of the body where none need match", () => {
  const open = ofOrders.choice((c) => c.when(isBig, (s) => s.map(() => "big" as const)));
  same<BodyAt<typeof open>, "big" | Order>(true);
  const closed = ofOrders.choice((c) => c.when(isBig, (s) => s.map(() => "big" as const)).otherwise((s) => s.stop()), { id: "size" });
  same<BodyAt<typeof closed>, "big">(true);
  same<EndedAt<typeof closed>, Order>(true);
  const guarded = route("mixed", { input: schema<Order | string>() }).choice((c) =>
    c.when(
      (m): m is Message<string> => typeof m.body === "string",
      (s) => {
        same<BodyAt<typeof s>, string>(true);
        return s.map((m) => m.body.length);
      },
    ),
  );
  same<BodyAt<typeof guarded>, number | Order | string>(true);
  refused(() => {
    ofOrders.choice((c) =>
      c.when(
        // @ts-expect-error an order has no `size`
        (m) => m.body.size,
        (s) => s,
      ),
    );
    // @ts-expect-error an arm has a block
    ofOrders.choice((c) => c.when(isBig));
    // @ts-expect-error nothing follows `otherwise`
    ofOrders.choice((c) => c.otherwise((s) => s).when(isBig, (s) => s));
    // @ts-expect-error an arm gets the order
    ofOrders.choice((c) => c.when(isBig, (s) => s.to(texts)));
    // @ts-expect-error the arms are a function of the collector
    ofOrders.choice({ when: isBig });
  });
});

function isBig(message: Message<Order>): boolean {
  return message.body.total > 100;
}
