import type { Clock, Store, Timer } from "@portolan/core";
import { storeAround } from "./store/store-around.ts";

/**
 * One life of a node, from its start to its death. What it holds of the world outside goes through here, so that a
 * simulated crash is complete: after `end` its timers never fire, its calls do nothing and never answer.
 */
export interface Life {
  readonly clock: Clock;
  readonly hasEnded: boolean;
  store(store: Store): Store;
  /** The same callback, silent after the end. */
  callback<Args extends readonly unknown[]>(callback: (...args: Args) => void): (...args: Args) => void;
  end(): void;
}

export function createLife(clock: Clock): Life {
  const timers = new Set<Timer>();
  let hasEnded = false;

  const life: Life = {
    clock: {
      now: () => clock.now(),
      after(delayMs, callback) {
        if (hasEnded) return { cancel() {} };
        const timer = clock.after(delayMs, () => {
          timers.delete(timer);
          callback();
        });
        timers.add(timer);
        return {
          cancel() {
            timer.cancel();
            timers.delete(timer);
          },
        };
      },
    },
    get hasEnded() {
      return hasEnded;
    },
    store(store) {
      const gated = storeAround(store, (call) => {
        if (hasEnded) return never();
        const result = call();
        return result instanceof Promise ? whileAlive(result) : result;
      });
      return { ...gated, onWork: (listener) => gated.onWork(life.callback(listener)) };
    },
    callback:
      (callback) =>
      (...args) => {
        if (!hasEnded) callback(...args);
      },
    end() {
      hasEnded = true;
      for (const timer of timers) timer.cancel();
      timers.clear();
    },
  };

  function whileAlive<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      answer.then(life.callback(resolve), life.callback(reject));
    });
  }

  return life;
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
