import type { Message, Random } from "@portolan/core";
import { createOutsideSystems } from "./outside-systems.ts";
import { readOutcome } from "./outcome.ts";
import type { Fault } from "./relay-orders.ts";
import type { End, Scenario, World } from "./scenario.ts";
import { sendUntilAcknowledged } from "./sender.ts";

/** What is sent, in any order. Numbers begin at 1. */
interface Page {
  readonly id: string;
  readonly number: number;
  readonly fault: Fault;
}

const BATCH = 4;
/** Longer than anything that comes late for a reason. */
const PATIENCE_MS = 60_000;
const SENDERS = 3;

const numberOf = (message: Message) => pageOf(message).number;

/**
 * Senders of pages in disorder → idempotent → a durable channel that two routes read. One closes gaps in the row of numbers, of
 * which a failure after the resequencer makes some for good, and prints each page; the other sorts batches.
 */
export const orderingScenario: Scenario = {
  name: "ordering",
  flow: {
    channels: { pages: { concurrency: 3, maxAttempts: 20, redelivery: { delay: 5, maxDelay: 20 } } },
    routes: {
      intake: { steps: [{ idempotent: { key: (message: Message) => pageOf(message).id } }, { to: { channel: "pages" } }] },
      print: {
        from: [{ channel: "pages" }],
        onError: [{ match: { code: "REFUSED" }, outcome: "deadLetter" }, { retry: { attempts: 6, delay: 3 } }],
        steps: [
          {
            resequence: {
              by: numberOf,
              mode: "stream",
              start: 1,
              timeout: PATIENCE_MS,
              steps: [{ outside: { system: "print" } }, { to: { channel: "printed" } }],
            },
          },
          { outside: { system: "confirm" } },
          { to: { channel: "confirmed" } },
        ],
      },
      sort: {
        from: [{ channel: "pages" }],
        steps: [{ resequence: { by: numberOf, mode: "batch", size: BATCH, timeout: PATIENCE_MS } }, { to: { channel: "sorted" } }],
      },
    },
  },

  play(world) {
    const pages = drawPages(world.random);
    const systems = createOutsideSystems(world);
    const reached: number[] = [];
    return {
      async outside(system, message) {
        const { id, number, fault } = pageOf(message);
        if (system === "print") {
          // A page whose commit a crash cut off is printed again.
          const isNew = !reached.includes(number);
          if (isNew && reached.some((other) => other > number)) world.violated(`${id} reached the printer after a later page`);
          reached.push(number);
        }
        await systems.call(system, id, fault);
      },
      async run() {
        const left = [...pages];
        const sendSome = async () => {
          for (let page = left.shift(); page !== undefined; page = left.shift()) {
            await sendUntilAcknowledged(world, { route: "intake", id: page.id, body: page });
          }
        };
        await Promise.all(Array.from({ length: SENDERS }, sendSome));
      },
      check: (end) => checkPages(world, pages, end),
    };
  },
};

function pageOf({ body }: Pick<Message, "body">): Page {
  // Every message of this flow is a page.
  return body as Page;
}

/** Pages, the first of them anywhere. */
function drawPages(random: Random): readonly Page[] {
  const pages = Array.from({ length: 3 + Math.floor(random.next() * 7) }, (_, index) => ({
    id: `p${index + 1}`,
    number: index + 1,
    fault: drawFault(random),
    place: random.next(),
  }));
  return pages.toSorted((a, b) => a.place - b.place).map(({ id, number, fault }) => ({ id, number, fault }));
}

function drawFault(random: Random): Fault {
  const lot = random.next();
  const calls = 1 + Math.floor(random.next() * 5);
  const system = random.next() < 0.5 ? "confirm" : "print";
  if (lot < 0.1) return { system, calls: Infinity, code: "REFUSED" };
  if (lot < 0.35) return { system, calls, code: "FLAKY" };
  return { system: "none", calls: 0, code: "FLAKY" };
}

/** Every page that was confirmed is released in order and printed once, or is a dead letter; one that was not is in no order. */
function checkPages(world: World, pages: readonly Page[], end: End): void {
  const outcome = readOutcome(world, end);
  const into = (channel: string) => outcome.into(channel) as readonly Page[];
  const idsIn = (channel: string) => into(channel).map(({ id }) => id);
  const once = (list: readonly Page[]) => new Map(list.map(({ id }) => [id, 1]));
  const isHopeless = ({ fault }: Page) => fault.calls === Infinity;
  const confirmed = pages.filter((page) => !isHopeless(page) || page.fault.system === "print");

  outcome.expectTimes("was confirmed", idsIn("confirmed"), once(confirmed));
  outcome.expectTimes("was printed", idsIn("printed"), once(pages.filter((page) => !isHopeless(page))));
  outcome.expectTimes("became a dead letter", idsIn("dead"), once(pages.filter(isHopeless)));
  outcome.expectTimes("was sorted", idsIn("sorted"), once(pages));
  // Also where the store refused what the block had done with a page, and took what it had done with the next.
  expectRising(world, "released to print", into("route:print/0"));
  expectRising(world, "printed", into("printed"));
  for (const channel of ["route:sort/0", "sorted"]) {
    const pagesIn = into(channel);
    for (let start = 0; start < pagesIn.length; start += BATCH) expectRising(world, `in ${channel}`, pagesIn.slice(start, start + BATCH));
  }
  outcome.expectEmpty("pages");
  outcome.expectNoRows("resequence/print/0/messages", "resequence/sort/0");
}

function expectRising(world: World, what: string, pages: readonly Page[]): void {
  const numbers = pages.map(({ number }) => number);
  if (numbers.some((number, index) => number < (numbers[index - 1] ?? 0))) world.violated(`${what} were ${numbers.join(", ")}`);
}
