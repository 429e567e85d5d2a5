import assert from "node:assert/strict";
import type { AppendEffect, ChannelSpec, Delivery, Durability, Effect, Store, StoreSetup, Subscription } from "@portolan/core";
import type { VirtualClock } from "../../clock/virtual-clock.ts";

/** A store to be tested, fresh and empty. */
export interface StoreUnderTest {
  readonly store: Store;
  /**
   * Another store on what this one has committed so far, as a new process finds it after this one was killed. The first is
   * neither used nor closed any more: `reopen` disposes of it. A store that outlives no process has none.
   */
  reopen?(): Promise<StoreUnderTest>;
}

export type CreateStore = (clock: VirtualClock) => Promise<StoreUnderTest>;

/** `describe` and `it` of the test runner. */
export interface TestRunner {
  describe(name: string, cases: () => void): void;
  it(name: string, test: () => Promise<void>): void;
}

export interface ChannelPlan {
  readonly routes: readonly string[];
  readonly ordered?: boolean;
  readonly prioritized?: boolean;
}

/** An open store with one subscription a route, and short words for what the cases do. */
export interface Bench {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly subscription: (route: string) => Subscription;
  commit(effects: readonly Effect[], durability?: Durability): Promise<void>;
  send(channel: string, id: string, more?: Partial<AppendEffect>): Promise<void>;
  take(route: string, limit?: number): Promise<readonly Delivery[]>;
  /** Takes until that many deliveries are in hand; a store may need to look for them and ring again. */
  takeAll(route: string, count: number): Promise<readonly Delivery[]>;
  settle(...deliveries: readonly Delivery[]): Promise<void>;
  waiting(channel: string): Promise<number>;
  reopen(plan: Readonly<Record<string, ChannelPlan>>): Promise<Bench>;
}

export interface Case {
  readonly name: string;
  readonly channels?: Readonly<Record<string, ChannelPlan>>;
  readonly needsReopen?: boolean;
  run(bench: Bench): Promise<void>;
}

export function createBench(under: StoreUnderTest, clock: VirtualClock, onReopen: (next: StoreUnderTest) => void): OpenBench {
  const { store } = under;
  const rung = new Set<number>();
  let onRing: (() => void) | undefined;
  let subscriptions: readonly Subscription[] = [];

  store.onWork((id) => {
    rung.add(id);
    onRing?.();
  });

  function subscription(route: string): Subscription {
    const found = subscriptions.find((candidate) => candidate.route === route);
    assert.ok(found, `the case has no route "${route}"`);
    return found;
  }

  async function untilRung(id: number): Promise<void> {
    while (!rung.delete(id)) {
      await new Promise<void>((resolve) => {
        onRing = resolve;
      });
    }
  }

  const bench: Bench = {
    clock,
    store,
    subscription,
    commit: async (effects, durability = "power-loss") => store.commit(effects, durability),
    send: async (channel, id, more) => store.commit([append(channel, id, more)], "power-loss"),
    take: async (route, limit = 100) => subscription(route).take(limit),
    async takeAll(route, count) {
      const deliveries: Delivery[] = [];
      for (;;) {
        rung.delete(subscription(route).id);
        deliveries.push(...(await subscription(route).take(count - deliveries.length)));
        if (deliveries.length >= count) return deliveries;
        await untilRung(subscription(route).id);
      }
    },
    settle: async (...deliveries) =>
      store.commit(
        deliveries.map(({ ref }) => ({ kind: "settle", ref })),
        "power-loss",
      ),
    async waiting(channel) {
      return (await store.channels()).find((status) => status.name === channel)?.waiting ?? 0;
    },
    async reopen(plan) {
      assert.ok(under.reopen, "the store does not outlive its process");
      const next = await under.reopen();
      onReopen(next);
      const other = createBench(next, clock, onReopen);
      await other.open(plan);
      return other.bench;
    },
  };

  return {
    bench,
    async open(plan) {
      subscriptions = await store.open(setupOf(plan));
    },
  };
}

export interface OpenBench {
  readonly bench: Bench;
  open(plan: Readonly<Record<string, ChannelPlan>>): Promise<void>;
}

export function append(channel: string, id: string, more: Partial<AppendEffect> = {}): AppendEffect {
  return { kind: "append", channel, message: { id, body: { id }, headers: {} }, ...more };
}

export function ids(deliveries: readonly Delivery[]): readonly string[] {
  return deliveries.map((delivery) => delivery.message.id);
}

function setupOf(plan: Readonly<Record<string, ChannelPlan>>): StoreSetup {
  const channels: ChannelSpec[] = Object.entries(plan).map(([name, { ordered = false, prioritized = false }]) => ({
    name,
    ordered,
    prioritized,
  }));
  const subscriptions = Object.entries(plan).flatMap(([channel, { routes }]) => routes.map((route) => ({ channel, route })));
  return { channels, subscriptions };
}
