import type { Message } from "@portolan/core";
import { it } from "vitest";
import { ofOrders, refused, same, schema, texts, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";
import { route } from "../../index.ts";

it("filter keeps the body, a type guard narrows it, and a block adds what it yields", () => {
  const passed = ofOrders.filter((m) => m.body.total > 1);
  same<BodyAt<typeof passed>, Order>(true);
  const narrowed = route("mixed", { input: schema<Order | string>() }).filter((m): m is Message<string> => typeof m.body === "string");
  same<BodyAt<typeof narrowed>, string>(true);
  const block = ofOrders.filter(
    (m) => m.body.total > 1,
    (s) => s.map(() => "big" as const),
  );
  same<BodyAt<typeof block>, Order | "big">(true);
  refused(() => {
    // @ts-expect-error the predicate is missing
    ofOrders.filter();
    // @ts-expect-error a predicate is a function
    ofOrders.filter("body.total > 1");
    // @ts-expect-error an order has no `amount`
    ofOrders.filter((m) => m.body.amount > 1);
    ofOrders.filter(
      () => true,
      // @ts-expect-error the block gets the order
      (s) => s.to(texts),
    );
  });
});
