import { app, route } from "@portolan/engine";
import { forErp, priced, type Order } from "./order.ts";

/** Six steps: filter, map, set, choice, remove, filter. */
export function orderRoute() {
  return app("bench", {
    routes: [
      route("orders")
        .filter((m) => (m.body as Order).lines.length > 0)
        .map((m) => priced(m.body as Order))
        .set({ headers: { country: (m) => m.body.country } })
        .choice((c) =>
          c
            .when(
              (m) => m.body.total > 10_000,
              (r) => r.map((m) => forErp(m.body, "board")),
            )
            .when(
              (m) => m.body.total > 1000,
              (r) => r.map((m) => forErp(m.body, "manager")),
            )
            .otherwise((r) => r.map((m) => forErp(m.body, "none"))),
        )
        .remove({ headers: ["x-debug"] })
        .filter((m) => m.body.amount > 0),
    ],
  });
}
