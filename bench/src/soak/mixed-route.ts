import { app, channel, route, type App } from "@portolan/engine";
import { doubled, item } from "../patterns/item.ts";

const priced = route("priced").map((m) => doubled(item(m)));
const taps = channel("taps", { mode: "memory" });

/** What has come out on the side. */
export interface Arrivals {
  /** Messages in groups that have completed. */
  collected: number;
  tapped: number;
}

/** A route of twenty mixed patterns, and the routes that it hands over to. */
export function mixedApp(arrivals: Arrivals): App {
  const mixed = route("mixed")
    .validate((m) => item(m).total >= 0)
    .set({ headers: { item: (m) => item(m).id } })
    .choice((c) =>
      c
        .when(
          (m) => item(m).total > 50,
          (r) => r.map((m) => doubled(item(m))),
        )
        .otherwise((r) => r.map((m) => item(m))),
    )
    .claimCheck("push")
    .split(
      (m) => item(m).lines,
      (part) => part.map((m) => m.body * 2),
      { combine: "list" },
    )
    .sort((m) => m.body, { by: (line) => line.body })
    .claimCheck("pop")
    .map((m) => item(m))
    .loop(
      () => 2,
      (r) => r.map((m) => doubled(m.body)),
    )
    .call(priced)
    .enrich(priced, { combine: (original) => original })
    .cache({ key: (m) => item(m).id, ttl: "1h", max: 50 }, (r) => r.map((m) => item(m)))
    .try((r) => r.validate((m) => m.body.total !== 8))
    .catch({}, (r) => r.map((m) => item(m)))
    .circuitBreaker({}, (r) => r.multicast({ one: (b) => b.map((m) => m.body), two: (b) => b.map((m) => m.body) }))
    .throttle({ mode: "concurrent", limit: 100 }, (r) => r.recipientList(() => ["route:priced"]))
    .idempotent(
      (m) => item(m).id,
      (r) => r.map((m) => item(m)),
    )
    .group("tap", (r) => r.wireTap(taps))
    .resequence({ by: (m) => item(m).total, size: 10 }, (ordered) => ordered.remove({ headers: ["item"] }))
    .timeout("1m", (r) => r.to(priced))
    .aggregate({ key: (m) => item(m).key, complete: { size: 10, timeout: "1h" } }, (group) =>
      group.map((m) => (arrivals.collected += m.body.length)),
    );
  const tapped = route("tapped")
    .from(taps)
    .map(() => (arrivals.tapped += 1));
  return app("soak", { routes: [mixed, priced, tapped] });
}
