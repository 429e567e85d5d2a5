import { it } from "vitest";
import {
  length,
  ofOrders,
  price,
  refused,
  same,
  schema,
  type BodyAt,
  type Order,
  type Receipt,
} from "../../builder/type-cases.test.support.ts";
import { route } from "../../index.ts";

it("split runs its block for each element and keeps the body unless combine says otherwise", () => {
  const original = lists.split(
    (m) => m.body,
    (s) => s.call(price),
    { parallel: true, concurrency: 2 },
  );
  same<BodyAt<typeof original>, readonly Order[]>(true);
  const list = lists.split(
    (m) => m.body,
    (s) => s.call(price),
    { combine: "list" },
  );
  same<BodyAt<typeof list>, readonly Receipt[]>(true);
  const joined = lists.split(
    (m) => m.body,
    (s) => s.map((m) => m.body.id),
    { combine: { join: "," } },
  );
  same<BodyAt<typeof joined>, string>(true);
  const last = lists.split(
    (m) => m.body,
    (s) => s.call(price),
    { combine: "last" },
  );
  same<BodyAt<typeof last>, Receipt | readonly Order[]>(true);
  const sum = lists.split(
    (m) => m.body,
    (s) => s.map((m) => m.body.total),
    { combine: { fold: (acc: number, m) => acc + m.body, initial: () => 0 } },
  );
  same<BodyAt<typeof sum>, number>(true);
  const merged = lists.split(
    (m) => m.body,
    (s) =>
      s.choice((c) =>
        c
          .when(
            (m) => m.body.total > 1,
            (big) => big.call(price),
          )
          .otherwise((small) => small.map((m) => ({ total: m.body.total }))),
      ),
    { combine: "merge" },
  );
  same<BodyAt<typeof merged>, { readonly orderId?: string; readonly total?: number }>(true);
  refused(() => {
    lists.split(
      (m) => m.body,
      (s) => s.map((m) => m.body.total),
      // @ts-expect-error only objects can be merged
      { combine: "merge" },
    );
    // @ts-expect-error its block is missing
    lists.split((m) => m.body);
    ofOrders.split(
      // @ts-expect-error an order is no list
      (m) => m.body,
      (s) => s,
    );
    lists.split(
      (m) => m.body,
      // @ts-expect-error a part is an order
      (s) => s.call(length),
    );
    lists.split(
      (m) => m.body,
      (s) => s,
      // @ts-expect-error there is no such way to combine
      { combine: "sum" },
    );
    lists.split(
      (m) => m.body,
      (s) => s,
      // @ts-expect-error a group is a number of elements
      { group: "2" },
    );
  });
});

it("split said of a part that is a group of elements that it was one of them", () => {
  const pairs = lists.split(
    (m) => m.body,
    (s) => {
      same<BodyAt<typeof s>, readonly Order[]>(true);
      return s.map((m) => m.body.length);
    },
    { group: 2, combine: "list" },
  );
  same<BodyAt<typeof pairs>, readonly number[]>(true);
  refused(() => {
    lists.split(
      (m) => m.body,
      // @ts-expect-error a group is no order
      (s) => s.call(price),
      { group: 2 },
    );
  });
});

const lists = route("lists", { input: schema<readonly Order[]>() });
