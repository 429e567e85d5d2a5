import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt, type EndedAt } from "../../builder/type-cases.test.support.ts";

it("nothing reaches what follows a throw", () => {
  const failed = ofOrders.throw((m) => `${m.body.id} is refused`, { kind: "rejected", code: "SHOP_REFUSED" });
  same<BodyAt<typeof failed>, never>(true);
  same<EndedAt<typeof failed>, never>(true);
  refused(() => {
    // @ts-expect-error its text is missing
    ofOrders.throw();
    // @ts-expect-error its text is a text
    ofOrders.throw((m) => m.body.total);
    // @ts-expect-error there is no such kind of error
    ofOrders.throw((m) => m.body.id, { kind: "fatal" });
  });
});
