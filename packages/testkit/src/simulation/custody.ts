import type { Message, Random } from "@portolan/core";
import { createOutsideSystems } from "./outside-systems.ts";
import { readOutcome } from "./outcome.ts";
import type { Fault } from "./relay-orders.ts";
import type { End, Scenario, World } from "./scenario.ts";
import { sendUntilAcknowledged } from "./sender.ts";

/** What is sent: a slip, and cargo that waits in the store. */
interface Slip {
  readonly id: string;
  readonly fault: Fault;
}

interface Parcel extends Slip {
  readonly cargo: string;
}

const idOf = ({ body }: Pick<Message, "body">) => slipOf({ body }).id;
const claim = (operation: "set" | "getAndRemove") => ({ claimCheck: { operation, store: "durable", key: idOf } });

/**
 * Senders → idempotent → a tap → the cargo into the store → its slip through a durable channel → a tap → the cargo out of the
 * store again, and a call that may fail, which puts it back.
 */
export const custodyScenario: Scenario = {
  name: "custody",
  flow: {
    channels: { slips: { concurrency: 3, maxAttempts: 20, redelivery: { delay: 5, maxDelay: 20 } } },
    routes: {
      accept: {
        steps: [
          { idempotent: { key: idOf } },
          { wireTap: { target: { channel: "seen" } } },
          claim("set"),
          { map: ({ body }: Message) => ({ id: slipOf({ body }).id, fault: slipOf({ body }).fault }) },
          { to: { channel: "slips" } },
        ],
      },
      fetch: {
        from: [{ channel: "slips" }],
        onError: [{ match: { code: "REFUSED" }, outcome: "deadLetter" }, { retry: { attempts: 2, delay: 3 } }],
        onComplete: [
          { on: "success", steps: [{ to: { channel: "completed" } }] },
          { on: "failure", steps: [{ outside: { system: "alarm" } }, { to: { channel: "alarmed" } }] },
        ],
        steps: [
          { wireTap: { target: { channel: "fetched" }, body: ({ body }: Message) => ({ id: slipOf({ body }).id }) } },
          { wireTap: { target: { route: "watch" } } },
          claim("getAndRemove"),
          { outside: { system: "ship" } },
          { to: { channel: "shipped" } },
        ],
      },
      watch: { steps: [{ outside: { system: "watch" } }, { to: { channel: "watched" } }] },
    },
  },

  play(world) {
    const parcels = drawParcels(world.random);
    const systems = createOutsideSystems(world);
    return {
      async outside(system, { body }) {
        const { id, fault } = slipOf({ body });
        await systems.call(system, id, fault);
      },
      async run() {
        await Promise.all(parcels.map((parcel) => sendUntilAcknowledged(world, { route: "accept", id: parcel.id, body: parcel })));
      },
      check: (end) => checkParcels(world, parcels, end),
    };
  },
};

function slipOf({ body }: Pick<Message, "body">): Slip {
  // Every message of this flow has what a slip has.
  return body as Slip;
}

function drawParcels(random: Random): readonly Parcel[] {
  return Array.from({ length: 3 + Math.floor(random.next() * 5) }, (_, number) => ({
    id: `c${number}`,
    cargo: `cargo of c${number}`,
    fault: drawFault(random),
  }));
}

function drawFault(random: Random): Fault {
  const lot = random.next();
  if (lot < 0.15) return { system: "ship", calls: Infinity, code: "REFUSED" };
  if (lot < 0.5) return { system: "ship", calls: 1 + Math.floor(random.next() * 5), code: "FLAKY" };
  return { system: "none", calls: 0, code: "FLAKY" };
}

/**
 * Every parcel was shipped once with its cargo, or is a dead letter whose cargo still waits. What is on the side of a message
 * stands if the message does, however the node died: taps saw every parcel, and every end was followed by what follows it.
 */
function checkParcels(world: World, parcels: readonly Parcel[], end: End): void {
  const outcome = readOutcome(world, end);
  const idsIn = (channel: string) => outcome.into(channel).map((body) => idOf({ body }));
  const once = (list: readonly Parcel[]) => new Map(list.map(({ id }) => [id, 1]));
  const refused = parcels.filter(({ fault }) => fault.calls === Infinity);
  const shipped = parcels.filter(({ fault }) => fault.calls !== Infinity);

  outcome.expectTimes("was accepted", idsIn("slips"), once(parcels));
  outcome.expectTimes("was shipped", idsIn("shipped"), once(shipped));
  outcome.expectTimes("became a dead letter", idsIn("dead"), once(refused));
  for (const body of outcome.into("shipped")) {
    const { id, cargo } = body as Parcel;
    if (cargo !== `cargo of ${id}`) world.violated(`${id} was shipped with ${cargo}`);
  }
  outcome.expectTimes("was seen by a tap", idsIn("seen"), once(parcels));
  outcome.expectTimes("was completed", idsIn("completed"), once(shipped));
  // A delivery that failed has been watched, and comes again.
  const expectAll = (channel: string, list: readonly Parcel[]) => {
    const ids = idsIn(channel);
    for (const { id } of list) if (!ids.includes(id)) world.violated(`${id} did not come to ${channel}`);
    for (const id of ids) if (!parcels.some((parcel) => parcel.id === id)) world.violated(`${id} came to ${channel}, but nobody sent it`);
  };
  expectAll("fetched", parcels);
  expectAll("watched", parcels);
  expectAll("alarmed", refused);
  const left = parcels.filter(({ id }) => outcome.rowsLeft("claimCheck").includes(JSON.stringify(id))).map(({ id }) => id);
  if (left.join() !== refused.map(({ id }) => id).join()) world.violated(`cargo was left of ${left.join(", ")}`);
  outcome.expectEmpty("slips");
}
