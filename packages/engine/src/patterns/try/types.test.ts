import { it } from "vitest";
import { length, ofOrders, price, refused, same, type BodyAt, type Receipt } from "../../builder/type-cases.test.support.ts";

it("try yields what its block or a catch does", () => {
  const tried = ofOrders.try((s) => s.call(price));
  same<BodyAt<typeof tried>, Receipt>(true);
  const caught = tried.catch({ kind: "transient", useOriginal: true }, (s) => s.map(() => null)).finally((s) => s.map(() => 5));
  same<BodyAt<typeof caught>, Receipt | null>(true);
  refused(() => {
    // @ts-expect-error its block is missing
    ofOrders.try();
    // @ts-expect-error the block gets the order
    ofOrders.try((s) => s.call(length));
    // @ts-expect-error a catch follows a try
    ofOrders.catch({}, (s) => s);
    // @ts-expect-error there is no such kind of error
    tried.catch({ kind: "fatal" }, (s) => s);
    // @ts-expect-error the message is as it reached the failing step, which may be anything
    tried.catch({}, (s) => s.map((m) => m.body.id));
  });
});
