import type { Message } from "@portolan/core";
import { it } from "vitest";
import { ofOrders, refused, same, schema, type BodyAt, type Order, type Receipt } from "../../builder/type-cases.test.support.ts";
import { route } from "../../index.ts";

it("validate keeps the body, a type guard or a contract tells more of it", () => {
  const checked = ofOrders.validate((m) => m.body.total > 0, { message: (m) => `${m.body.id} is free` });
  same<BodyAt<typeof checked>, Order>(true);
  const narrowed = route("mixed", { input: schema<Order | string>() }).validate((m): m is Message<string> => typeof m.body === "string");
  same<BodyAt<typeof narrowed>, string>(true);
  const contract = route("any").validate(schema<Receipt>());
  same<BodyAt<typeof contract>, Receipt>(true);
  refused(() => {
    // @ts-expect-error what is checked is missing
    ofOrders.validate();
    // @ts-expect-error an order has no `amount`
    ofOrders.validate((m) => m.body.amount > 0);
    // @ts-expect-error the message of the error is a text
    ofOrders.validate(() => true, { message: (m) => m.body.total });
    // @ts-expect-error there is no such option
    ofOrders.validate(() => true, { kind: "invalid" });
  });
});
