import { it } from "vitest";
import {
  length,
  ofOrders,
  price,
  refused,
  same,
  type BodyAt,
  type EndedAt,
  type Order,
  type Receipt,
} from "../../builder/type-cases.test.support.ts";

it("group yields what its block does", () => {
  const grouped = ofOrders.group("price it", (s) => s.call(price));
  same<BodyAt<typeof grouped>, Receipt>(true);
  const ended = ofOrders.group("end", (s) => s.stop());
  same<EndedAt<typeof ended>, Order>(true);
  refused(() => {
    // @ts-expect-error its name is missing
    ofOrders.group((s) => s.call(price));
    // @ts-expect-error its block is missing
    ofOrders.group("price it");
    // @ts-expect-error the block gets the order
    ofOrders.group("measure it", (s) => s.call(length));
    // @ts-expect-error a block must return what its last step returned
    ofOrders.group("nothing", () => undefined);
  });
});
