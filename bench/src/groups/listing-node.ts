import { app, route } from "@portolan/engine";
import { createSqliteStore } from "@portolan/stores";
import { createSystemClock } from "../../../packages/host/src/system-clock.ts";
import { sendAll } from "../channel/contestant.ts";
import { createTally } from "../patterns/tally.ts";
import { startEngine } from "../portolan-engine.ts";

/** A node that collects lists of so many messages in SQLite. */
export interface ListingNode {
  /** Collects so many messages, a multiple of the size, and waits until all of their lists have gone through the block. */
  collect(messages: number): Promise<void>;
  close(): Promise<void>;
}

const BODY = { device: 1, text: "x".repeat(40) };

export async function listingNode(directory: string, size: number): Promise<ListingNode> {
  const listed = createTally();
  const list = route("list").aggregate({ key: () => 1, complete: { size } }, (group) =>
    group.map((m) => {
      listed.add(m.body.length);
      return m.body.length;
    }),
  );
  const store = createSqliteStore({ directory, clock: createSystemClock() });
  const engine = await startEngine(app("bench", { routes: [list] }), { durable: store });
  return {
    async collect(messages) {
      const done = listed.more(messages);
      await sendAll(messages, () => engine.deliver("list", { body: BODY }));
      await done;
    },
    async close() {
      await engine.stop();
      await store.close();
    },
  };
}
