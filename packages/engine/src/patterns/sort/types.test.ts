import { it } from "vitest";
import { ofOrders, refused, same, schema, type BodyAt, type Order } from "../../builder/type-cases.test.support.ts";
import { route } from "../../index.ts";

it("sort yields the list", () => {
  const sorted = lists.sort((m) => m.body, { by: (m) => m.body.total, order: "desc" });
  same<BodyAt<typeof sorted>, readonly Order[]>(true);
  refused(() => {
    // @ts-expect-error the list is missing
    lists.sort();
    // @ts-expect-error an order is no list
    ofOrders.sort((m) => m.body);
    // @ts-expect-error there is no such order
    lists.sort((m) => m.body, { order: "up" });
    // @ts-expect-error elements are sorted by numbers or texts
    lists.sort((m) => m.body, { by: (m) => m.body });
    // @ts-expect-error an element has no `name`
    lists.sort((m) => m.body, { by: (m) => m.body.name });
  });
});

const lists = route("lists", { input: schema<readonly Order[]>() });
