import { channel, route, type Steps } from "@portolan/engine";
import { choice, filter, map, pipeline, removeHeader, setHeader, type NaiveMessage, type NaiveStep } from "../route/naive-engine.ts";
import { GROUP_SIZE, doubled, item } from "./item.ts";
import { createTally, type Tally } from "./tally.ts";
import * as naive from "./naive-patterns.ts";

/** A pattern in a route of its own, beside the same in the naive engine. */
interface PatternCase {
  readonly route: RouteSteps;
  readonly naive: NaiveStep;
  /** Messages on their way at once, where each waits; otherwise one after another. */
  readonly inFlight?: number;
  /** Of a route whose block works later: what has gone through that. */
  readonly tally?: Tally;
}
type RouteSteps = Pick<Steps<unknown>, "steps">;

const double = map((m) => doubled(item(m)));
/** The route that others call, and its twin. */
export const priced = route("priced").map((m) => doubled(item(m)));
const grouped = createTally();
const ordered = createTally();
const addresses = () => ["route:priced", "route:priced"];
const naiveRoutes = { "route:priced": double };
const tickets = channel("tickets", { mode: "memory" });

/** Every second message brings a key that the one before it had; keys come again long after they have expired. */
function createKeys(): () => number {
  let asked = 0;
  return () => (asked++ >> 1) % 100_000;
}
const [keys, naiveKeys] = [createKeys(), createKeys()];
const KEY_MS = 100;
export const DELAY_MS = 1;

/** By the pattern's name. */
export const CASES: Readonly<Record<string, PatternCase>> = {
  map: { route: route("map").map((m) => doubled(item(m))), naive: double },
  filter: { route: route("filter").filter((m) => item(m).total >= 50), naive: filter((m) => item(m).total >= 50) },
  set: {
    route: route("set").set({ headers: { key: (m) => item(m).id } }),
    naive: setHeader("key", (m) => item(m).id),
  },
  remove: { route: route("remove").remove({ headers: ["x-debug"] }), naive: removeHeader("x-debug") },
  choice: {
    route: route("choice").choice((c) =>
      c
        .when(
          (m) => item(m).total > 66,
          (r) => r.map((m) => doubled(item(m))),
        )
        .when(
          (m) => item(m).total > 33,
          (r) => r.map((m) => item(m).total),
        )
        .otherwise((r) => r.map((m) => item(m).id)),
    ),
    naive: choice([
      [(m) => item(m).total > 66, double],
      [(m) => item(m).total > 33, map((m) => item(m).total)],
      [() => true, map((m) => item(m).id)],
    ]),
  },
  group: { route: route("group").group("double", (r) => r.map((m) => doubled(item(m)))), naive: pipeline([double]) },
  sort: {
    route: route("sort").sort((m) => item(m).lines, { by: (line) => line.body }),
    naive: naive.sort((m) => item(m).lines),
  },
  split: {
    route: route("split").split(
      (m) => item(m).lines,
      (part) => part.map((m) => m.body * 2),
      { combine: "list" },
    ),
    naive: naive.split((m) => item(m).lines, pipeline([map((m: { readonly body: unknown }) => Number(m.body) * 2)])),
  },
  aggregate: {
    route: route("aggregate").aggregate({ key: (m) => item(m).key, complete: { size: GROUP_SIZE } }, (group) =>
      group.map((m) => {
        grouped.add(m.body.length);
        return m.body.length;
      }),
    ),
    tally: grouped,
    naive: naive.aggregate((m) => item(m).key, GROUP_SIZE, pipeline([map((m: { readonly body: readonly unknown[] }) => m.body.length)])),
  },
  resequence: {
    route: route("resequence").resequence({ by: (m) => item(m).total, size: GROUP_SIZE }, (one) =>
      one.map((m) => {
        ordered.add(1);
        return item(m).total;
      }),
    ),
    tally: ordered,
    naive: naive.resequence((m) => item(m).total, GROUP_SIZE, pipeline([map((m) => item(m).total)])),
  },
  loop: {
    route: route("loop").loop(
      () => 5,
      (r) => r.map((m) => doubled(item(m))),
    ),
    naive: naive.loop(() => 5, pipeline([double])),
  },
  multicast: {
    route: route("multicast").multicast(
      { id: (r) => r.map((m) => item(m).id), total: (r) => r.map((m) => item(m).total) },
      { combine: "object" },
    ),
    naive: naive.multicast({ id: pipeline([map((m) => item(m).id)]), total: pipeline([map((m) => item(m).total)]) }),
  },
  recipientList: { route: route("recipientList").recipientList(addresses), naive: naive.recipientList(addresses, naiveRoutes) },
  routingSlip: { route: route("routingSlip").routingSlip(addresses), naive: naive.routingSlip(addresses, naiveRoutes) },
  loadBalance: {
    route: route("loadBalance").loadBalance(
      { strategy: "roundRobin" },
      { one: (r) => r.map((m) => doubled(item(m))), two: (r) => r.map((m) => doubled(item(m))) },
    ),
    naive: naive.loadBalance([pipeline([double]), pipeline([double])]),
  },
  call: { route: route("call").call(priced), naive: naive.call(pipeline([double])) },
  to: { route: route("to").to(priced), naive: naive.send(pipeline([double])) },
  enrich: {
    route: route("enrich").enrich(priced, { combine: (original, reply) => [original, reply.body] }),
    naive: naive.enrich(pipeline([double]), (original, reply) => [original, reply.body]),
  },
  try: {
    route: route("try")
      .try((r) => r.map((m) => doubled(item(m))))
      .catch({}, (r) => r.map((m) => item(m).id)),
    naive: naive.tryCatch(pipeline([double]), pipeline([map((m) => item(m).id)])),
  },
  throw: {
    route: route("throw")
      .try((r) => r.throw(() => "refused"))
      .catch({}, (r) => r.map((m) => item(m).id)),
    naive: naive.tryCatch(pipeline([naive.fail(() => "refused")]), pipeline([map((m) => item(m).id)])),
  },
  validate: { route: route("validate").validate((m) => item(m).total >= 0), naive: naive.validate((m) => item(m).total >= 0) },
  sample: { route: route("sample").sample({ every: 2 }), naive: naive.sample(2) },
  cache: {
    route: route("cache").cache({ key: (m) => item(m).id, ttl: "1h" }, (r) => r.map((m) => doubled(item(m)))),
    naive: naive.cache((m) => item(m).id, pipeline([double])),
  },
  throttle: {
    route: route("throttle").throttle({ mode: "concurrent", limit: 10 }, (r) => r.map((m) => doubled(item(m)))),
    naive: naive.atMost(10, pipeline([double])),
  },
  circuitBreaker: {
    route: route("circuitBreaker").circuitBreaker({}, (r) => r.map((m) => doubled(item(m)))),
    naive: naive.tryCatch(
      pipeline([double]),
      naive.fail(() => "the breaker is open"),
    ),
  },
  claimCheck: {
    route: route("claimCheck")
      .claimCheck("push")
      .map((m) => doubled(item(m)))
      .claimCheck("pop"),
    naive: naive.claimCheck(pipeline([double])),
  },
  convert: {
    route: route("convert").encode("json").decode("json"),
    naive: pipeline([naive.encode(), naive.decode()]),
  },
  delay: { route: route("delay").delay(`${DELAY_MS}ms`), naive: naive.delay(DELAY_MS), inFlight: 100 },
  dynamicRouter: {
    route: route("dynamicRouter").dynamicRouter((m) => nextHop(m.attributes)),
    naive: naive.dynamicRouter((m) => nextHop(m.attributes), naiveRoutes),
  },
  idempotent: { route: route("idempotent").idempotent(keys, { ttl: `${KEY_MS}ms` }), naive: naive.idempotent(naiveKeys, KEY_MS) },
  log: { route: route("log").log((m) => `item ${item(m).id}`), naive: naive.log((m) => `item ${item(m).id}`) },
  pollEnrich: {
    route: route("pollEnrich").to(tickets).pollEnrich(tickets, { onEmpty: "keep" }),
    naive: naive.pollEnrich(),
  },
  saga: {
    route: route("saga").saga((s) =>
      s
        .action("reserve", (r) => r.map((m) => doubled(item(m))), { compensate: (r) => r.map((m) => m.body) })
        .action("ship", (r) => r.map((m) => doubled(m.body)), { compensate: (r) => r.map((m) => m.body) }),
    ),
    naive: naive.saga([
      { block: pipeline([double]), compensate: pipeline([map((m) => m.body)]) },
      { block: pipeline([double]), compensate: pipeline([map((m) => m.body)]) },
    ]),
  },
  stop: { route: route("stop").stop(), naive: naive.stop() },
  timeout: {
    route: route("timeout").timeout("1m", (r) => r.map((m) => doubled(item(m)))),
    naive: naive.timeout(60_000, pipeline([double])),
  },
  wireTap: { route: route("wireTap").wireTap(priced), naive: naive.wireTap(pipeline([double])) },
};

/** Two hops, then the end. */
function nextHop({ slip }: NaiveMessage["attributes"]): string | undefined {
  return (slip as { readonly hops: number }).hops < 2 ? "route:priced" : undefined;
}
