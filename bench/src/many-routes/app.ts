import { app, channel, route, type App } from "@portolan/engine";

interface Order {
  readonly id: string;
  readonly total: number;
  readonly lines: readonly number[];
}

/** So many routes of twenty steps each, those inside of blocks not counted; every route reads a channel of its own. */
export function manyRoutes(count: number): App {
  return app("many", { routes: Array.from({ length: count }, (_, index) => twentySteps(index)) });
}

function twentySteps(index: number) {
  return route(`route-${index}`)
    .from(channel(`in-${index}`))
    .map((m) => m.body as Order)
    .set({ headers: { country: () => "PT", order: (m) => m.body.id } })
    .log((m) => m.body.id, "debug")
    .choice((c) =>
      c
        .when(
          (m) => m.body.total > 1000,
          (r) => r.set({ headers: { approval: () => "board" } }),
        )
        .otherwise((r) => r.set({ headers: { approval: () => "none" } })),
    )
    .map((m) => ({ ...m.body, total: m.body.total * 2 }))
    .split(
      (m) => m.body.lines,
      (part) => part.map((p) => p.body + 1).filter((p) => p.body > 0),
    )
    .remove({ headers: ["x-debug"] })
    .validate((m) => m.body.total > 0)
    .multicast({ id: (r) => r.map((m) => m.body.id), total: (r) => r.map((m) => m.body.total) })
    .filter((m) => m.body.id !== "")
    .loop(
      () => 2,
      (r) => r.map((m) => ({ ...m.body, total: m.body.total + 1 })),
    )
    .wireTap(channel(`tap-${index}`))
    .sort((m) => m.body.lines, { by: (line) => line.body })
    .map((m) => ({ id: "sorted", total: 1, lines: m.body }))
    .set({ headers: { sorted: () => "yes" } })
    .group("price", (r) => r.map((m) => ({ ...m.body, total: m.body.lines.length })).filter((m) => m.body.total > 0))
    .to(channel(`out-${index}`))
    .remove({ headers: ["sorted"] })
    .sample({ every: 10 })
    .aggregate({ key: (m) => m.body.id, complete: { size: 10 } });
}
