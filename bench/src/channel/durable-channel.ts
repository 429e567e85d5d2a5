import { setImmediate } from "node:timers/promises";
import type { Store } from "@portolan/core";
import { app, channel, route } from "@portolan/engine";
import { createSqliteStore } from "@portolan/stores";
import { createSystemClock } from "../../../packages/host/src/system-clock.ts";
import { startEngine } from "../portolan-engine.ts";
import { sendAll, type Queue } from "./contestant.ts";
import { payload, type Payload } from "./payload.ts";

/** A route that reads a durable channel, on the embedded store. */
export async function durableChannel(directory: string): Promise<Queue> {
  let left = 0;
  let done = () => {};
  const take = route("take")
    .from(channel("orders"))
    .map((m) => {
      left -= 1;
      if (left === 0) done();
      return (m.body as Payload).number;
    });
  const store = createSqliteStore({ directory, clock: createSystemClock() });
  const engine = await startEngine(app("bench", { routes: [take] }), { durable: store });
  return {
    async run(messages) {
      left = messages;
      const allProcessed = new Promise<void>((resolve) => (done = resolve));
      await sendAll(messages, (number) => engine.send("orders", { body: payload(number) }));
      await allProcessed;
      await written(store);
    },
    async close() {
      await engine.stop();
      await store.close();
    },
  };
}

/** Commits are written in the order of the calls, so that one more comes after all others. */
async function written(store: Store): Promise<void> {
  await setImmediate();
  await store.commit([{ kind: "setPosition", name: "bench", value: 1 }], "power-loss");
}
