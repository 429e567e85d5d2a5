import { sleep } from "@portolan/core";
import { checkLedger } from "./relay-ledger.ts";
import { bodyOf, drawOrders, faultError, isHopeless, orderOf, type Order } from "./relay-orders.ts";
import type { Play, Scenario, World } from "./scenario.ts";
import { sendUntilAcknowledged } from "./sender.ts";

const channel = { orderedBy: bodyOf((order) => order.customer), concurrency: 3, maxAttempts: 8, redelivery: { delay: 5, maxDelay: 20 } };

/**
 * Senders that repeat until they are acknowledged → idempotent → a durable channel, ordered by customer → a route that calls out,
 * splits, and calls a route that sends and calls out, with inline and parked retries, redeliveries and dead letters → a second
 * durable channel with two readers → the last system. In half of the schedules the faults are mended in the end, and an operator
 * re-drives the dead letters until none is left.
 */
export const relayScenario: Scenario = {
  name: "relay",
  flow: {
    channels: { accepted: channel, results: channel },
    routes: {
      intake: { steps: [{ idempotent: { key: bodyOf((order) => order.id) } }, { to: { channel: "accepted" } }] },
      work: {
        from: [{ channel: "accepted" }],
        onError: [
          { match: { code: "REFUSED" }, outcome: "deadLetter" },
          { match: { code: "LATER" }, retry: { attempts: 6, delay: 8, backoff: "fixed", wait: "parked" }, outcome: "deadLetter" },
          { retry: { attempts: 2, delay: 3 } },
        ],
        steps: [
          { outside: { system: "check" } },
          { split: { by: bodyOf((order) => order.lines), steps: [{ to: { channel: "lines" } }] } },
          { call: { route: "ship" } },
          { to: { channel: "results" } },
        ],
      },
      ship: { steps: [{ to: { channel: "shipments" } }, { outside: { system: "ship" } }] },
      bill: { from: [{ channel: "results" }], onError: [{ retry: { attempts: 2, delay: 3 } }], steps: [{ outside: { system: "bill" } }] },
      audit: { from: [{ channel: "results" }], steps: [{ to: { channel: "audited" } }] },
    },
  },

  play(world) {
    const orders = drawOrders(world.random);
    const isMended = world.random.next() < 0.5;
    const systems = createSystems(world, { isMended: false });
    return {
      outside: systems.outside,
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
        if (!isMended) return;
        systems.mend();
        await redriveAll(world, () => orders.every(({ id }) => systems.calls.has(`bill ${id}`)));
      },
      check: (end) => checkLedger({ orders, calls: systems.calls, isMended, world }, end),
    };
  },
};

interface Systems {
  readonly outside: Play["outside"];
  /** How often each system was called for each order. */
  readonly calls: ReadonlyMap<string, number>;
  /** From now on no call fails. */
  mend(): void;
}

function createSystems(world: World, state: { isMended: boolean }): Systems {
  const calls = new Map<string, number>();
  const latest = new Map<string, number>();

  /** Nothing of a customer's later order may be seen before his earlier one has ended; a dead letter comes back when it may. */
  function noteOrder(system: string, order: Order): void {
    if (state.isMended && isHopeless(order)) return;
    const place = `${system} ${order.customer}`;
    const last = latest.get(place) ?? -1;
    if (order.index < last) world.violated(`order of ${order.customer}: ${order.id} reached ${system} after a later one`);
    latest.set(place, Math.max(last, order.index));
  }

  return {
    calls,
    mend() {
      world.trace("the faults are mended");
      state.isMended = true;
    },
    async outside(system, message) {
      const order = orderOf(message);
      const name = `${system} ${order.id}`;
      const call = (calls.get(name) ?? 0) + 1;
      calls.set(name, call);
      world.trace(`${name}, call ${call}`);
      noteOrder(system, order);
      await sleep(world.clock, world.random.next() * 6);
      if (!state.isMended && order.fault.system === system && call <= order.fault.calls) throw faultError(order.fault.code);
    },
  };
}

/** One customer: the next order is sent when the one before has been acknowledged. */
async function sendAll(world: World, orders: readonly Order[]): Promise<void> {
  for (const order of orders) await sendUntilAcknowledged(world, { route: "intake", id: order.id, body: order });
}

/** The operator sends dead letters back until every order has arrived. */
async function redriveAll(world: World, haveArrived: () => boolean): Promise<void> {
  while (!haveArrived()) {
    await sleep(world.clock, 20 + world.random.next() * 50);
    const count = await world.node.redrive("dead").catch(() => "no");
    world.trace(`${count} dead letters are re-driven`);
  }
}
