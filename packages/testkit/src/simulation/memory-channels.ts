import type { Message } from "@portolan/core";
import { createOutsideSystems } from "./outside-systems.ts";
import { readOutcome } from "./outcome.ts";
import { drawOrders, bodyOf, orderOf, type Order } from "./relay-orders.ts";
import type { End, Scenario, World } from "./scenario.ts";
import { sendUntilAcknowledged } from "./sender.ts";

/** A note that goes from a door into memory and no further into the store than its end. */
interface Note {
  readonly id: string;
}

const noteOf = ({ body }: Message) => (body as Note).id;
const retried = [{ match: { code: "REFUSED" }, outcome: "deadLetter" }, { retry: { attempts: 6, delay: 3 } }];

/**
 * Senders → idempotent → a durable channel → a call out, a tap into a memory channel, and a memory channel ordered by customer →
 * a call out → a durable channel. Beside them, notes go from a door through a memory channel. Both have room for two messages.
 */
export const memoryScenario: Scenario = {
  name: "memory",
  flow: {
    channels: {
      orders: { orderedBy: bodyOf(({ customer }) => customer), concurrency: 3, maxAttempts: 20, redelivery: { delay: 5, maxDelay: 20 } },
      looks: {
        mode: "memory",
        capacity: 2,
        orderedBy: bodyOf(({ customer }) => customer),
        concurrency: 2,
        redelivery: { delay: 2 },
        maxAttempts: 3,
      },
      taps: { mode: "memory", capacity: 2 },
      notes: { mode: "memory", capacity: 2, concurrency: 2 },
    },
    routes: {
      intake: { steps: [{ idempotent: { key: bodyOf(({ id }) => id) } }, { to: { channel: "orders" } }] },
      take: {
        from: [{ channel: "orders" }],
        onError: retried,
        steps: [
          { wireTap: { target: { channel: "taps" } } },
          { outside: { system: "check" } },
          { to: { channel: "looks" } },
          { to: { channel: "taken" } },
        ],
      },
      look: {
        from: [{ channel: "looks" }],
        onError: retried,
        steps: [{ outside: { system: "ship" } }, { to: { channel: "looked" } }],
      },
      watch: { from: [{ channel: "taps" }], steps: [{ outside: { system: "watch" } }, { to: { channel: "watched" } }] },
      note: { steps: [{ to: { channel: "notes" } }] },
      read: { from: [{ channel: "notes" }], steps: [{ outside: { system: "read" } }, { to: { channel: "read" } }] },
    },
  },

  play(world) {
    const orders = drawOrders(world.random);
    const notes = Array.from({ length: 2 + Math.floor(world.random.next() * 4) }, (_, number): Note => ({ id: `n${number}` }));
    const systems = createOutsideSystems(world);
    return {
      async outside(system, message) {
        if (system === "read") return systems.call(system, noteOf(message), { system: "none", calls: 0, code: "FLAKY" });
        const { id, fault } = orderOf(message);
        // Parked retries are for durable channels, and what never succeeds there would never rest.
        const calls = fault.code === "REFUSED" ? fault.calls : Math.min(fault.calls, 4);
        await systems.call(system, id, { system: fault.system, calls, code: fault.code });
      },
      async run() {
        const sendAll = async (route: string, list: readonly (Order | Note)[]) => {
          for (const body of list) await sendUntilAcknowledged(world, { route, id: body.id, body });
        };
        const of = (customer: string) => orders.filter((order) => order.customer === customer);
        await Promise.all([sendAll("intake", of("ann")), sendAll("intake", of("bob")), ...notes.map((note) => sendAll("note", [note]))]);
      },
      check: (end) => checkMemory(world, { orders, notes }, end),
    };
  },
};

interface Sent {
  readonly orders: readonly Order[];
  readonly notes: readonly Note[];
}

/**
 * What is durable does not depend on what is not: every order is taken once or a dead letter. Of what got into memory all
 * ended but what a crash took with it, none twice, and in the order of its key.
 */
function checkMemory(world: World, { orders, notes }: Sent, end: End): void {
  const outcome = readOutcome(world, end);
  const idsIn = (channel: string) => outcome.into(channel).map((body) => (body as Note).id);
  const deadOf = (route: string) =>
    outcome.messagesInto("dead").flatMap(({ body, deadLetter }) => (deadLetter?.route === route ? [(body as Note).id] : []));
  const isRefused = ({ fault }: Order, system: string) => fault.code === "REFUSED" && fault.calls === Infinity && fault.system === system;
  const once = (ids: readonly string[]) => new Map(ids.map((id) => [id, 1]));
  const straight = orders.filter((order) => !isRefused(order, "check")).map(({ id }) => id);

  outcome.expectTimes("was taken", idsIn("taken"), once(straight));
  outcome.expectTimes("was refused", deadOf("take"), once(orders.filter((order) => isRefused(order, "check")).map(({ id }) => id)));

  const expectEnded = (channel: string, ended: readonly string[]) => {
    const left = [...ended, ...(end.memory.lost.get(channel) ?? [])];
    for (const id of end.memory.appended.get(channel) ?? []) {
      const index = left.findIndex((one) => id === one || id === `${one}-message`);
      if (index < 0) world.violated(`${id} did not come out of ${channel}`);
      else left.splice(index, 1);
    }
    const never = left.filter((one) => !one.endsWith("-message"));
    if (never.length > 0) world.violated(`${never.join(", ")} came out of ${channel} more often than into it`);
  };
  expectEnded("looks", [...idsIn("looked"), ...deadOf("look")]);
  expectEnded("taps", idsIn("watched"));
  expectEnded("notes", idsIn("read"));
  for (const { id } of notes) {
    if (end.memory.appended.get("notes")?.includes(`${id}-message`) !== true) world.violated(`${id} was acknowledged, but is nowhere`);
  }
  const customerOf = (id: string) => orders.find((order) => order.id === id)?.customer;
  for (const customer of ["ann", "bob"]) {
    const of = (channel: string) => idsIn(channel).filter((id) => customerOf(id) === customer);
    const taken = of("taken").filter((id) => of("looked").includes(id));
    if (of("looked").join() !== taken.join()) world.violated(`looked at were ${of("looked").join(", ")}, not ${taken.join(", ")}`);
  }
  outcome.expectEmpty("orders");
}
