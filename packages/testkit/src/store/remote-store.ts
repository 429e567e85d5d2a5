import type { Clock, Random, Store } from "@portolan/core";
import { storeAround, type Around } from "./store-around.ts";

const LONGEST_WAY_MS = 1;
/** Keeps two answers that were ready at one instant in their order. */
const GAP_MS = 1e-6;

/**
 * The same store as if it lived in another thread: its answers and its bell come some time after they are
 * ready, by chance, in order.
 * It shows whether a caller counts on answers at once.
 */
export function remoteStore(store: Store, { clock, random }: { readonly clock: Clock; readonly random: Random }): Store {
  let last = 0;
  const back = (arrive: () => void): void => {
    last = Math.max(last + GAP_MS, clock.now() + random.next() * LONGEST_WAY_MS);
    clock.after(last - clock.now(), arrive);
  };

  const around: Around = (call) =>
    new Promise((resolve, reject) => {
      (async () => call())().then(
        (value) => back(() => resolve(value)),
        (error: unknown) => back(() => reject(error)),
      );
    });

  const remote = storeAround(store, around);
  return { ...remote, onWork: (listener) => store.onWork((id) => back(() => listener(id))) };
}
