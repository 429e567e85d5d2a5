import type { AppendEffect, Store } from "@portolan/core";
import { storeAround } from "./store-around.ts";

/** A store that tells of every message whose append has been committed, in the order of the commits. */
export function observeAppends(store: Store, observe: (append: AppendEffect) => void): Store {
  return {
    ...storeAround(store, (call) => call()),
    async commit(effects, durability) {
      await store.commit(effects, durability);
      for (const effect of effects) {
        if (effect.kind === "append") observe(effect);
      }
    },
  };
}
