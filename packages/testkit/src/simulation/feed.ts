import { asPortolanError, defineConnector, sleep, type ConnectorDefinition, type RunningSource, type SourceContext } from "@portolan/core";
import { bodyOf, drawOrders, faultError, isHopeless, orderOf, type Order } from "./relay-orders.ts";
import type { End, Scenario, World } from "./scenario.ts";

const POSITION = "feed offset";

/**
 * A source that reads a log of another system from its last position → a route that calls out and splits → a durable channel →
 * the last system. A message that fails goes to the dead letter, and the source goes on behind it.
 */
export const feedScenario: Scenario = {
  name: "feed",
  flow: {
    routes: {
      take: {
        from: [{ feed: {} }],
        onError: [{ match: { code: "REFUSED" }, outcome: "deadLetter" }, { retry: { attempts: 6, delay: 3, maxDelay: 10 } }],
        steps: [
          { outside: { system: "check" } },
          { split: { by: bodyOf((order) => order.lines), steps: [{ to: { channel: "lines" } }] } },
          { outside: { system: "ship" } },
          { to: { channel: "taken" } },
        ],
      },
      bill: { from: [{ channel: "taken" }], onError: [{ retry: { attempts: 6, delay: 3 } }], steps: [{ outside: { system: "bill" } }] },
    },
  },

  play(world) {
    const orders = drawOrders(world.random);
    const calls = new Map<string, number>();
    const finished = Promise.withResolvers<void>();
    return {
      connectors: [feedConnector({ world, orders, onEnd: finished.resolve })],
      async outside(system, message) {
        const order = orderOf(message);
        const name = `${system} ${order.id}`;
        const call = (calls.get(name) ?? 0) + 1;
        calls.set(name, call);
        world.trace(`${name}, call ${call}`);
        await sleep(world.clock, world.random.next() * 6);
        if (order.fault.system === system && call <= order.fault.calls) throw faultError(order.fault.code);
      },
      run: () => finished.promise,
      check: (end) => checkFeed({ world, orders, calls }, end),
    };
  },
};

interface Feed {
  readonly world: World;
  readonly orders: readonly Order[];
  readonly onEnd: () => void;
}

function feedConnector(feed: Feed): ConnectorDefinition {
  return defineConnector({
    name: "feed",
    title: "Feed",
    summary: "Reads a log of another system.",
    source: {
      summary: "Reads on from the last position.",
      options: {},
      describe: () => "feed",
      replies: false,
      open: async (_options, context) => openFeed(feed, context),
    },
  });
}

function openFeed({ world, orders, onEnd }: Feed, context: SourceContext): RunningSource {
  let isClosed = false;

  async function readNext(): Promise<boolean> {
    const offset = Number((await context.position(POSITION)) ?? 0);
    const order = orders[offset];
    if (order === undefined) return false;
    const expected = offset === 0 ? {} : { expected: offset };
    world.trace(`${order.id} is read`);
    await context.deliver(
      { id: order.id, body: order },
      { failure: "deadLetter", position: { name: POSITION, value: offset + 1, ...expected } },
    );
    return true;
  }

  async function readAll(): Promise<void> {
    while (!isClosed) {
      try {
        if (!(await readNext())) return onEnd();
      } catch (thrown) {
        const { code, message } = asPortolanError(thrown);
        if (code !== "PORTOLAN_STORE_FAILED" && code !== "PORTOLAN_STOPPING") world.violated(`the source was told ${code}: ${message}`);
        await sleep(context.clock, 10);
      }
    }
  }

  // It delivers only after it has been opened.
  const reading = Promise.withResolvers<void>();
  context.clock.after(0, () => reading.resolve(readAll()));
  return {
    async close() {
      isClosed = true;
      await reading.promise;
    },
  };
}

interface FeedLedger {
  readonly world: World;
  readonly orders: readonly Order[];
  readonly calls: ReadonlyMap<string, number>;
}

/** Every order was taken once, in the order of the feed, or is a dead letter. */
function checkFeed({ world, orders, calls }: FeedLedger, { effects, waiting }: End): void {
  const into = (channel: string) =>
    effects.flatMap((effect) => (effect.kind === "append" && effect.channel === channel ? [effect.message.body] : []));
  const idsIn = (channel: string) => into(channel).map((body) => orderOf({ body }).id);
  const expect = (what: string, found: readonly unknown[], expected: readonly unknown[]) => {
    if (found.join() !== expected.join()) world.violated(`${what} ${found.join(", ")}, not ${expected.join(", ")}`);
  };
  const straight = orders.filter((order) => !isHopeless(order));
  expect(
    "taken were",
    idsIn("taken"),
    straight.map(({ id }) => id),
  );
  expect(
    "dead letters were",
    idsIn("dead"),
    orders.filter(isHopeless).map(({ id }) => id),
  );
  expect(
    "lines were",
    into("lines"),
    straight.flatMap(({ lines }) => lines),
  );
  for (const { id } of straight) if (!calls.has(`bill ${id}`)) world.violated(`${id} was never billed`);
  const left = waiting.get("taken") ?? 0;
  if (left > 0) world.violated(`${left} messages were left in taken`);
}
