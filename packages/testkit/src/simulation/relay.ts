import { asPortolanError, sleep } from "@portolan/core";
import { checkLedger } from "./relay-ledger.ts";
import { bodyOf, drawOrders, faultError, orderOf, type Order } from "./relay-orders.ts";
import type { Scenario, World } from "./scenario.ts";

/**
 * Senders that repeat until they are acknowledged → idempotent → a durable channel, ordered by key → a route that calls out,
 * splits and calls out again, with inline and parked retries, redeliveries and dead letters → a second durable channel → the
 * last system.
 */
export const relayScenario: Scenario = {
  name: "relay",
  flow: {
    channels: {
      accepted: { orderedBy: bodyOf((order) => order.customer), concurrency: 3, maxAttempts: 20, redelivery: { delay: 10, maxDelay: 40 } },
      results: { orderedBy: bodyOf((order) => order.customer), concurrency: 3, maxAttempts: 20, redelivery: { delay: 10, maxDelay: 40 } },
    },
    routes: {
      intake: { steps: [{ idempotent: { key: bodyOf((order) => order.id) } }, { to: { channel: "accepted" } }] },
      work: {
        from: [{ channel: "accepted" }],
        onError: [
          { match: { code: "POISON" }, outcome: "deadLetter" },
          { match: { code: "LATER" }, retry: { attempts: 20, delay: 8, backoff: "fixed", wait: "parked" } },
          { retry: { attempts: 2, delay: 3 } },
        ],
        steps: [
          { outside: { system: "before" } },
          { split: { by: bodyOf((order) => order.lines), steps: [{ to: { channel: "lines" } }] } },
          { outside: { system: "after" } },
          { to: { channel: "results" } },
        ],
      },
      finish: { from: [{ channel: "results" }], onError: [{ retry: { attempts: 2, delay: 3 } }], steps: [{ outside: { system: "last" } }] },
    },
  },

  play(world) {
    const orders = drawOrders(world.random);
    const calls = new Map<string, number>();
    const latest = new Map<string, number>();

    /** Nothing of a customer's later order may be seen before his earlier one has ended. */
    function noteOrder(system: string, { customer, index, id }: Order): void {
      const place = `${system} ${customer}`;
      const last = latest.get(place) ?? -1;
      if (index < last) world.violated(`order of ${customer}: ${id} reached ${system} after a later one`);
      latest.set(place, Math.max(last, index));
    }

    return {
      async outside(system, message) {
        const order = orderOf(message);
        const name = `${system} ${order.id}`;
        const call = (calls.get(name) ?? 0) + 1;
        calls.set(name, call);
        world.trace(`${name}, call ${call}`);
        noteOrder(system, order);
        await sleep(world.clock, world.random.next() * 6);
        if (order.fault.system === system && call <= order.fault.calls) throw faultError(order.fault.code);
      },
      async run() {
        const customers = new Set(orders.map(({ customer }) => customer));
        await Promise.all(
          [...customers].map((customer) =>
            sendAll(
              world,
              orders.filter((order) => order.customer === customer),
            ),
          ),
        );
      },
      check: (end) => checkLedger({ orders, calls, world }, end),
    };
  },
};

/** One customer: the next order is sent when the one before has been acknowledged. */
async function sendAll(world: World, orders: readonly Order[]): Promise<void> {
  for (const order of orders) {
    while (!(await send(world, order))) await sleep(world.clock, world.random.next() * 20);
    world.trace(`${order.id} is acknowledged`);
    if (world.random.next() < 0.2) await send(world, order);
  }
}

/** Sends an order; false if the sender was told of a failure, or lost patience or the answer on its way. */
async function send(world: World, order: Order): Promise<boolean> {
  world.trace(`send ${order.id}`);
  const patience = 10 + world.random.next() * 60;
  const answer = world.node
    .deliver("intake", { id: `${order.id}-message`, body: order })
    .then(() => sleep(world.clock, world.random.next() * 3))
    .then(
      () => true,
      (thrown: unknown) => {
        const { kind, message } = asPortolanError(thrown);
        if (kind !== "transient") world.violated(`${order.id} was refused: ${message}`);
        return false;
      },
    );
  return Promise.race([answer, sleep(world.clock, patience).then(() => false)]);
}
