import type { Store } from "@portolan/core";
import type { VirtualClock } from "../clock/virtual-clock.ts";
import { storeAround } from "./store-around.ts";

/** A store whose real input and output takes no virtual time: the clock stands still until each of its promises has settled. */
export function trackStore(store: Store, clock: VirtualClock): Store {
  return storeAround(store, (call) => {
    const result = call();
    return result instanceof Promise ? clock.track(result) : result;
  });
}
