import type { Message, Random } from "@portolan/core";
import { createOutsideSystems } from "./outside-systems.ts";
import { readOutcome } from "./outcome.ts";
import type { Fault } from "./relay-orders.ts";
import type { End, Scenario, World } from "./scenario.ts";
import { sendUntilAcknowledged } from "./sender.ts";

/** What is sent. Readings of one meter belong together. */
interface Reading {
  readonly id: string;
  readonly meter: string;
  readonly fault: Fault;
}

interface Batch {
  readonly completedBy: string;
  readonly readings: readonly Reading[];
}

const SIZE = 3;
const TIMEOUT_MS = 60;
const HOPELESS = Infinity;

const channel = { concurrency: 3, maxAttempts: 20, redelivery: { delay: 5, maxDelay: 20 } };

/**
 * Senders → idempotent → a durable channel → an aggregation by meter that completes by size or after a while, followed by a
 * call that may fail, and then undoes the message's part in its group → a block for the completed group that calls out, too.
 */
export const aggregationScenario: Scenario = {
  name: "aggregation",
  flow: {
    channels: { readings: channel },
    routes: {
      intake: { steps: [{ idempotent: { key: (message: Message) => readingOf(message).id } }, { to: { channel: "readings" } }] },
      collect: {
        from: [{ channel: "readings" }],
        onError: [
          { match: { code: "REFUSED" }, outcome: "deadLetter" },
          // Nobody delivers a group again, as the channel does a reading.
          { match: { when: ({ attributes }: Message) => attributes["aggregate"] !== undefined }, retry: { attempts: 20, delay: 3 } },
          { retry: { attempts: 2, delay: 3 } },
        ],
        steps: [
          {
            aggregate: {
              key: (message: Message) => readingOf(message).meter,
              complete: { size: SIZE, timeout: TIMEOUT_MS },
              steps: [
                { outside: { system: "pack" } },
                {
                  map: ({ body, attributes }: Message) => ({
                    completedBy: (attributes["aggregate"] as { readonly completedBy: string }).completedBy,
                    readings: body,
                  }),
                },
                { to: { channel: "batches" } },
              ],
            },
          },
          { outside: { system: "confirm" } },
          { to: { channel: "confirmed" } },
        ],
      },
    },
  },

  play(world) {
    const readings = drawReadings(world.random);
    const systems = createOutsideSystems(world);
    return {
      async outside(system, { body }) {
        // A group is packed as a list; its first reading decides how that goes.
        const reading = (Array.isArray(body) ? body[0] : body) as Reading;
        await systems.call(system, reading.id, reading.fault);
      },
      async run() {
        const meters = new Set(readings.map(({ meter }) => meter));
        await Promise.all(
          [...meters].map(async (meter) => {
            for (const reading of readings) {
              if (reading.meter === meter) await sendUntilAcknowledged(world, { route: "intake", id: reading.id, body: reading });
            }
          }),
        );
      },
      check: (end) => checkGroups(world, readings, end),
    };
  },
};

function readingOf({ body }: Pick<Message, "body">): Reading {
  // Every message of this flow is a reading until it is in a group.
  return body as Reading;
}

function drawReadings(random: Random): readonly Reading[] {
  return Array.from({ length: 4 + Math.floor(random.next() * 6) }, (_, number) => ({
    id: `r${number}`,
    meter: random.next() < 0.6 ? "gas" : "water",
    fault: drawFault(random),
  }));
}

function drawFault(random: Random): Fault {
  const lot = random.next();
  const calls = 1 + Math.floor(random.next() * 4);
  if (lot < 0.08) return { system: "confirm", calls: HOPELESS, code: "REFUSED" };
  if (lot < 0.14) return { system: "pack", calls: HOPELESS, code: "REFUSED" };
  if (lot < 0.4) return { system: random.next() < 0.5 ? "confirm" : "pack", calls, code: "FLAKY" };
  return { system: "none", calls: 0, code: "FLAKY" };
}

/** Every reading that was confirmed is in one group, which was packed once or is a dead letter; a refused one is in none. */
function checkGroups(world: World, readings: readonly Reading[], end: End): void {
  const outcome = readOutcome(world, end);
  const idsOf = (list: readonly Reading[]) => list.map(({ id }) => id);
  const isRefused = ({ fault }: Reading) => fault.system === "confirm" && fault.calls === HOPELESS;
  const once = (list: readonly Reading[]) => new Map(list.map(({ id }) => [id, 1]));
  const taken = readings.filter((reading) => !isRefused(reading));

  const batches = outcome.into("batches") as readonly Batch[];
  const dead = outcome.into("dead");
  const deadGroups = dead.filter((body): body is readonly Reading[] => Array.isArray(body));
  const deadReadings = dead.filter((body): body is Reading => !Array.isArray(body));

  outcome.expectTimes("was confirmed", idsOf(outcome.into("confirmed") as readonly Reading[]), once(taken));
  outcome.expectTimes("became a dead letter", idsOf(deadReadings), once(readings.filter(isRefused)));
  outcome.expectTimes("was in a group", idsOf([...batches.flatMap((batch) => batch.readings), ...deadGroups.flat()]), once(taken));

  for (const group of [...batches.map((batch) => batch.readings), ...deadGroups]) {
    if (new Set(group.map(({ meter }) => meter)).size !== 1) world.violated(`a group holds ${idsOf(group).join(", ")} of several meters`);
  }
  for (const group of deadGroups) {
    const { system, calls } = group[0]?.fault ?? { system: "", calls: 0 };
    if (system !== "pack" || calls !== HOPELESS) world.violated(`the group of ${idsOf(group).join(", ")} was given up`);
  }
  for (const batch of batches) {
    const ids = idsOf(batch.readings).join(", ");
    const fits = batch.completedBy === "size" ? batch.readings.length === SIZE : batch.readings.length < SIZE;
    if (!fits) world.violated(`${ids} was completed by ${batch.completedBy}`);
  }
  outcome.expectEmpty("readings");
  outcome.expectNoRows("aggregate/");
}
