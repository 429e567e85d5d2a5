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
const entering = incoming.map((one) => ({ ...one, attributes: {} }));

for (const [index, one] of incoming.entries()) {
  const byRoute = await engine.deliver("orders", one);
  deepStrictEqual(byRoute, await naiveOrders(entering[index] as (typeof entering)[number]));
  deepStrictEqual({ id: byRoute?.id, body: byRoute?.body, headers: byRoute?.headers }, handleOrder(one));
}

/** CPU microseconds a message, with what the garbage collector's threads take. */
async function cpuOf(work: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MESSAGES;
}

/** Every contestant is called and awaited once a message, as a door does it. */
function contestant<In>(name: string, messages: readonly In[], handle: (one: In) => unknown): Contestant {
  return {
    name,
    round: () =>
      cpuOf(async () => {
        // The index is below the length of the list.
        for (let index = 0; index < MESSAGES; index++) await handle(messages[index % messages.length] as In);
      }),
  };
}

const samples = await interleave(
  [
    contestant("portolan", incoming, (one) => engine.deliver("orders", one)),
    contestant("by hand", incoming, handleOrder),
    contestant("naive engine", entering, naiveOrders),
  ],
  ROUNDS,
);
await engine.stop();

reportSamples(samples, "µs CPU a message");
report("route", [
  row("speed of the route ÷ naive engine", speedOver(samples, "portolan", "naive engine"), { atLeast: 3 }),
  row("speed of the route ÷ written by hand", speedOver(samples, "portolan", "by hand"), { atLeast: 0.3 }),
]);
