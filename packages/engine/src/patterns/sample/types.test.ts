import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";

it("sample keeps the body", () => {
  const counted = ofOrders.sample({ every: 10, id: "tenth" });
  same<BodyAt<typeof counted>, Order>(true);
  const timed = ofOrders.sample({ period: "1s" });
  same<BodyAt<typeof timed>, Order>(true);
  refused(() => {
    // @ts-expect-error it needs one of `every` and `period`
    ofOrders.sample({});
    // @ts-expect-error a number of messages is a number
    ofOrders.sample({ every: "10" });
    // @ts-expect-error there is no such option
    ofOrders.sample({ every: 10, skip: 1 });
  });
});

it("sample took both a number and a period, which the compiler then refused", () => {
  refused(() => {
    // @ts-expect-error it needs exactly one of them
    ofOrders.sample({ every: 10, period: "1s" });
  });
});
