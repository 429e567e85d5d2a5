import { deepStrictEqual } from "node:assert";
import { startEngine } from "./portolan-engine.ts";
import { interleave, type Contestant } from "./interleave.ts";
import { row, speedOver } from "./ratios.ts";
import { report, reportSamples } from "./report.ts";
import { handleOrder } from "./route/by-hand.ts";
import { naiveOrders } from "./route/naive-engine.ts";
import { HEADERS, ORDERS } from "./route/order.ts";
import { orderRoute } from "./route/portolan-route.ts";

const MESSAGES = 25_000;
const ROUNDS = 41;

const engine = await startEngine(orderRoute());
const incoming = ORDERS.map((body) => ({ id: body.id, body, headers: HEADERS }));

for (const one of incoming) {
  const expected = handleOrder(one);
  const byRoute = await engine.deliver("orders", one);
  deepStrictEqual({ id: byRoute?.id, body: byRoute?.body, headers: byRoute?.headers }, expected);
  deepStrictEqual(await naiveOrders(one), expected);
}

/** CPU microseconds a message, with what the garbage collector's threads take. */
async function cpuOf(work: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MESSAGES;
}

/** Every contestant is called and awaited once a message, as a door does it. */
function contestant(name: string, handle: (one: (typeof incoming)[number]) => unknown): Contestant {
  return {
    name,
    round: () =>
      cpuOf(async () => {
        for (let index = 0; index < MESSAGES; index++) await handle(incoming[index % incoming.length] as (typeof incoming)[number]);
      }),
  };
}

const samples = await interleave(
  [
    contestant("portolan", (one) => engine.deliver("orders", one)),
    contestant("by hand", handleOrder),
    contestant("naive engine", naiveOrders),
  ],
  ROUNDS,
);
await engine.stop();

reportSamples(samples, "µs CPU a message");
report("route", [
  row("speed of the route ÷ naive engine", speedOver(samples, "portolan", "naive engine"), { atLeast: 3 }),
  row("speed of the route ÷ written by hand", speedOver(samples, "portolan", "by hand"), { atLeast: 0.3 }),
]);
