import type { Effect } from "@portolan/core";
import { createSqliteStore } from "@portolan/stores";
import { createSystemClock } from "../../../packages/host/src/system-clock.ts";

/** `node fill.ts DIRECTORY BACKLOG` makes a store with so many messages waiting, in large commits. */
const [directory = "", backlog = "0"] = process.argv.slice(2);
const BATCH = 200;
const TEXT = "x".repeat(200);

const store = createSqliteStore({ directory, clock: createSystemClock() });
await store.open({
  channels: [{ name: "waiting", ordered: false, prioritized: false }],
  subscriptions: [{ channel: "waiting", route: "cycle" }],
});
const messages = Number(backlog);
for (let number = 0; number < messages; number += BATCH) {
  const effects = Array.from({ length: Math.min(BATCH, messages - number) }, (_, index): Effect => {
    const message = { id: `m${number + index}`, body: { number: number + index, text: TEXT }, headers: {} };
    return { kind: "append", channel: "waiting", message };
  });
  await store.commit(effects, "process-crash");
}
await store.close();
