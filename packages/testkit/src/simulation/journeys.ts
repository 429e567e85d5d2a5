import type { Message, Random } from "@portolan/core";
import { createOutsideSystems } from "./outside-systems.ts";
import { readOutcome } from "./outcome.ts";
import type { Fault } from "./relay-orders.ts";
import type { End, Scenario, World } from "./scenario.ts";
import { sendUntilAcknowledged } from "./sender.ts";

/** What is sent: a journey to book, in three actions. */
interface Journey {
  readonly id: string;
  readonly fault: Fault;
  /** How often the undo of an action fails before it works. */
  readonly undoFault: Fault;
}

const ACTIONS = ["flight", "hotel", "car"] as const;
type Action = (typeof ACTIONS)[number];

const action = (id: Action) => ({
  id,
  steps: [{ to: { channel: `${id}.booked` } }, { outside: { system: id } }],
  compensate: [{ to: { channel: `${id}.cancelled` } }, { outside: { system: `cancel-${id}` } }],
  complete: [{ to: { channel: `${id}.settled` } }],
});

/** Senders → idempotent → a durable channel → a saga of three bookings with their cancellations. */
export const journeysScenario: Scenario = {
  name: "journeys",
  flow: {
    channels: { journeys: { concurrency: 3, maxAttempts: 20, redelivery: { delay: 5, maxDelay: 20 } } },
    routes: {
      intake: { steps: [{ idempotent: { key: (message: Message) => journeyOf(message).id } }, { to: { channel: "journeys" } }] },
      book: {
        from: [{ channel: "journeys" }],
        onError: [{ match: { code: "REFUSED" }, outcome: "deadLetter" }, { retry: { attempts: 2, delay: 3 } }],
        steps: [{ saga: { actions: ACTIONS.map(action), retry: { attempts: 5, delay: 3 } } }, { to: { channel: "booked" } }],
      },
    },
  },

  play(world) {
    const journeys = drawJourneys(world.random);
    const systems = createOutsideSystems(world);
    const bookings = createBookings(world);
    return {
      async outside(system, message) {
        const { id, fault, undoFault } = journeyOf(message);
        const isUndo = system.startsWith("cancel-");
        bookings.begin(id, system);
        try {
          await systems.call(system, id, isUndo ? undoFault : fault);
        } catch (error) {
          if (!isUndo && fault.code === "REFUSED") bookings.refused(id, system);
          throw error;
        }
        if (isUndo) bookings.undone(id, system);
      },
      async run() {
        await Promise.all(journeys.map((journey) => sendUntilAcknowledged(world, { route: "intake", id: journey.id, body: journey })));
      },
      check: (end) => checkJourneys({ world, journeys, bookings }, end),
    };
  },
};

function journeyOf({ body }: Pick<Message, "body">): Journey {
  // Every message of this flow is a journey.
  return body as Journey;
}

function drawJourneys(random: Random): readonly Journey[] {
  return Array.from({ length: 2 + Math.floor(random.next() * 3) }, (_, number) => ({
    id: `j${number}`,
    fault: drawFault(random),
    undoFault: {
      system: `cancel-${drawAction(random)}`,
      calls: random.next() < 0.5 ? 0 : 1 + Math.floor(random.next() * 3),
      code: "FLAKY",
    },
  }));
}

function drawFault(random: Random): Fault {
  const lot = random.next();
  const system = drawAction(random);
  if (lot < 0.25) return { system, calls: Infinity, code: "REFUSED" };
  if (lot < 0.5) return { system, calls: 1 + Math.floor(random.next() * 5), code: "FLAKY" };
  return { system: "none", calls: 0, code: "FLAKY" };
}

function drawAction(random: Random): Action {
  return ACTIONS[Math.floor(random.next() * ACTIONS.length)] ?? "flight";
}

/** What the outside systems hold of each journey, as far as they know. */
interface Bookings {
  begin(journey: string, system: string): void;
  refused(journey: string, system: string): void;
  undone(journey: string, system: string): void;
  /** What may be booked, in the order of the actions. */
  standing(journey: string): readonly string[];
}

function createBookings(world: World): Bookings {
  const standing = new Map<string, Set<string>>();
  const of = (journey: string) => standing.get(journey) ?? standing.set(journey, new Set()).get(journey) ?? new Set<string>();
  const later = (system: string) => ACTIONS.slice(ACTIONS.findIndex((one) => one === system) + 1);
  return {
    begin(journey, system) {
      const undoes = system.startsWith("cancel-");
      const name = system.replace("cancel-", "");
      const before = ACTIONS.slice(0, ACTIONS.length - later(name).length - 1);
      const held = of(journey);
      for (const one of later(name)) if (held.has(one)) world.violated(`${journey}: ${system} while ${one} was booked`);
      if (undoes) return;
      for (const one of before) if (!held.has(one)) world.violated(`${journey}: ${system} before ${one} was booked`);
      held.add(name);
    },
    refused: (journey, system) => void of(journey).delete(system),
    undone: (journey, system) => void of(journey).delete(system.replace("cancel-", "")),
    standing: (journey) => ACTIONS.filter((one) => of(journey).has(one)),
  };
}

interface Ledger {
  readonly world: World;
  readonly journeys: readonly Journey[];
  readonly bookings: Bookings;
}

/** Every journey is booked and settled as a whole, once, or is a dead letter of which nothing is left. */
function checkJourneys({ world, journeys, bookings }: Ledger, end: End): void {
  const outcome = readOutcome(world, end);
  const idsIn = (channel: string) => outcome.into(channel).map((body) => journeyOf({ body }).id);
  const once = (list: readonly Journey[]) => new Map(list.map(({ id }) => [id, 1]));
  const isRefused = ({ fault }: Journey) => fault.calls === Infinity;
  const booked = journeys.filter((journey) => !isRefused(journey));

  outcome.expectTimes("was booked", idsIn("booked"), once(booked));
  outcome.expectTimes("became a dead letter", idsIn("dead"), once(journeys.filter(isRefused)));
  for (const id of ACTIONS) outcome.expectTimes(`was settled for ${id}`, idsIn(`${id}.settled`), once(booked));

  for (const journey of journeys) {
    const expected = isRefused(journey) ? "" : ACTIONS.join();
    const left = bookings.standing(journey.id).join();
    if (left !== expected) world.violated(`${journey.id} holds ${left}, not ${expected}`);
    for (const id of ACTIONS) checkCourse(world, { journey, id, end });
  }
  outcome.expectEmpty("journeys");
  outcome.expectNoRows("saga/");
}

/** What an action and its undo sent: never twice booked without a cancellation between, and in the end what the whole came to. */
function checkCourse(world: World, { journey, id, end }: { readonly journey: Journey; readonly id: Action; readonly end: End }): void {
  const course = end.effects.flatMap((effect) => {
    if (effect.kind !== "append" || journeyOf(effect.message).id !== journey.id) return [];
    return effect.channel === `${id}.booked` || effect.channel === `${id}.cancelled` ? [effect.channel] : [];
  });
  const isTwice = course.some((channel, index) => channel === `${id}.booked` && course[index - 1] === channel);
  const last = course.at(-1) ?? `${id}.cancelled`;
  const expected = journey.fault.calls === Infinity ? `${id}.cancelled` : `${id}.booked`;
  if (isTwice || last !== expected) world.violated(`the course of ${journey.id} was ${course.join(", ")}`);
}
