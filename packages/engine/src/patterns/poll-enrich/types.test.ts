import { attachConnector, defineConnector, type SourceRef } from "@portolan/core";
import { it } from "vitest";
import { ofOrders, price, refused, same, texts, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("pollEnrich knows the body of the channel that it takes from", () => {
  const polled = ofOrders.pollEnrich(texts, { timeout: "1s", onEmpty: "keep" });
  same<BodyAt<typeof polled>, string | Order>(true);
  const waited = ofOrders.pollEnrich(texts);
  same<BodyAt<typeof waited>, string>(true);
  const empty = ofOrders.pollEnrich(texts, { onEmpty: "nothing" });
  same<BodyAt<typeof empty>, string | null>(true);
  const combined = ofOrders.pollEnrich(texts, { combine: (order, text) => order.total + text.body.length });
  same<BodyAt<typeof combined>, number>(true);
  refused(() => {
    // @ts-expect-error a channel is missing
    ofOrders.pollEnrich();
    // @ts-expect-error a route is no channel
    ofOrders.pollEnrich(price);
    // @ts-expect-error there is no such answer to an empty channel
    ofOrders.pollEnrich(texts, { onEmpty: "wait" });
    // @ts-expect-error the channel holds texts
    ofOrders.pollEnrich(texts, { combine: (_order, text) => text.body.total });
    // @ts-expect-error what reaches the step is an order
    ofOrders.pollEnrich(texts, { combine: (order) => order.amount });
  });
});

it("pollEnrich knows the body of a connector's source", () => {
  const numbers: SourceRef<number> = attachConnector(defineConnector({ name: "n", title: "", summary: "" }), {});
  const polled = ofOrders.pollEnrich(numbers, { onEmpty: "nothing" });
  same<BodyAt<typeof polled>, number | null>(true);
  const combined = ofOrders.pollEnrich(numbers, { combine: (order, number) => order.total + number.body });
  same<BodyAt<typeof combined>, number>(true);
  refused(() => {
    // @ts-expect-error the source yields numbers
    ofOrders.pollEnrich(numbers, { combine: (_order, number) => number.body.length });
  });
});

it("pollEnrich forgot that an empty channel leaves the message as it was, or combines it with null", () => {
  const kept = ofOrders.pollEnrich(texts, { onEmpty: "keep", combine: (_order, text) => text.body.length });
  same<BodyAt<typeof kept>, number | Order>(true);
  const nothing = ofOrders.pollEnrich(texts, { onEmpty: "nothing", combine: (_order, text) => text.body ?? "none" });
  same<BodyAt<typeof nothing>, string>(true);
  refused(() => {
    // @ts-expect-error with an empty channel there is no text
    ofOrders.pollEnrich(texts, { onEmpty: "nothing", combine: (_order, text) => text.body.length });
  });
});
