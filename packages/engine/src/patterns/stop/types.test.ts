import { it } from "vitest";
import { ofOrders, refused, same, type BodyAt, type EndedAt, type Order } from "../../builder/type-cases.test.support.ts";

it("nothing reaches what follows a stop, and the message ends as it is", () => {
  const stopped = ofOrders.stop({ note: "done" });
  same<BodyAt<typeof stopped>, never>(true);
  same<EndedAt<typeof stopped>, Order>(true);
  refused(() => {
    // @ts-expect-error it has no reason
    ofOrders.stop("done");
    // @ts-expect-error there is no such option
    ofOrders.stop({ reason: "done" });
  });
});
