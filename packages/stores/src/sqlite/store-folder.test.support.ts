import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, Effect, Store, Subscription } from "@portolan/core";
import { afterAll, beforeAll } from "vitest";
import { createSqliteStore } from "./sqlite-store.ts";

export interface StoreFolder {
  /** A path that nothing is at yet. */
  next(): string;
  /** Opens a store with routes that read the channels of the same name; it is closed with the folder if it is still open. */
  open(directory: string, clock: Clock, channels?: readonly string[]): Promise<OpenStore>;
}

export interface OpenStore {
  readonly store: Store;
  readonly subscriptions: readonly Subscription[];
}

/** A folder for the stores of one test file. Threads of unbuilt stores compile their code once instead of once each. */
export function createStoreFolder(): StoreFolder {
  const stores: Store[] = [];
  let root = "";
  let count = 0;
  let cache: string | undefined;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "portolan-stores-"));
    cache = process.env["NODE_COMPILE_CACHE"];
    process.env["NODE_COMPILE_CACHE"] = join(root, "compiled");
  });

  afterAll(async () => {
    if (cache === undefined) delete process.env["NODE_COMPILE_CACHE"];
    else process.env["NODE_COMPILE_CACHE"] = cache;
    await Promise.allSettled(stores.map((store) => store.close()));
    await rm(root, { recursive: true });
  });

  return {
    next() {
      count += 1;
      return join(root, `store${count}`);
    },
    async open(directory, clock, channels = ["orders"]) {
      const store = createSqliteStore({ directory, clock });
      stores.push(store);
      const subscriptions = await store.open({
        channels: channels.map((name) => ({ name, ordered: false, prioritized: false })),
        subscriptions: channels.map((name) => ({ channel: name, route: name })),
      });
      return { store, subscriptions };
    },
  };
}

export function append(id: string, body: unknown = { id }, channel = "orders"): Effect {
  return { kind: "append", channel, message: { id, body, headers: {} } };
}

export function deadLetter(id: string, body: unknown = { id }): Effect {
  const error = { code: "X", kind: "defect", message: "no" } as const;
  return {
    kind: "append",
    channel: "dead",
    message: { id, body, headers: {}, deadLetter: { route: "orders", step: "call", error, attempts: 1, failedBody: null, at: 0 } },
  };
}
