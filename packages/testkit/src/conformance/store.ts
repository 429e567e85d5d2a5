import { createVirtualClock } from "../clock/virtual-clock.ts";
import { ADMIN_CASES } from "./store/admin.ts";
import { type Case, type CreateStore, type TestRunner, createBench } from "./store/bench.ts";
import { CHANNEL_CASES } from "./store/channels.ts";
import { KEY_CASES } from "./store/keys.ts";
import { ORDER_CASES } from "./store/order.ts";
import { REOPEN_CASES } from "./store/reopen.ts";
import { SCHEDULE_CASES } from "./store/schedule.ts";
import { STATE_LIST_CASES } from "./store/state-lists.ts";
import { STAGE_CASES } from "./store/stages.ts";
import { STATE_CASES } from "./store/state.ts";
import { UNIT_CASES } from "./store/unit-of-work.ts";

const GROUPS: Readonly<Record<string, readonly Case[]>> = {
  channels: CHANNEL_CASES,
  "order and priority": ORDER_CASES,
  "random schedules": SCHEDULE_CASES,
  "units of work": UNIT_CASES,
  stages: STAGE_CASES,
  "idempotent keys": KEY_CASES,
  "rows of state": STATE_CASES,
  "lists of rows of state": STATE_LIST_CASES,
  "what operators do": ADMIN_CASES,
  "a new process": REOPEN_CASES,
};

/**
 * The contract of core's `Store`, sentence by sentence. Call it where tests are declared.
 *
 * @example
 * describe("the memory store", () => storeConformance(async (clock) => ({ store: createMemoryStore({ clock }) }), { describe, it }));
 */
export function storeConformance(create: CreateStore, runner: TestRunner, options: { readonly outlivesProcess?: boolean } = {}): void {
  for (const [group, cases] of Object.entries(GROUPS)) {
    const applicable = cases.filter((test) => !test.needsReopen || options.outlivesProcess !== false);
    if (applicable.length === 0) continue;
    runner.describe(group, () => {
      for (const test of applicable) runner.it(test.name, () => runCase(test, create));
    });
  }
}

async function runCase(test: Case, create: CreateStore): Promise<void> {
  const clock = createVirtualClock();
  let under = await create(clock);
  try {
    const { bench, open } = createBench(under, clock, (next) => {
      under = next;
    });
    await open(test.channels ?? { orders: { routes: ["deliver"] } });
    await test.run(bench);
  } finally {
    await under.store.close();
  }
}
