import { PortolanError, type Clock, type Logger, type Store, type Timer } from "@portolan/core";

/** How long after a failed commit the store is asked again whether it can write. */
const PROBE_MS = 1000;

export interface WatchedStore {
  readonly store: Store;
  /** Why the store cannot write at present, if it cannot. */
  readonly failure: PortolanError | undefined;
  stopWatching(): void;
}

/**
 * Watches whether the store can write. After a commit that failed for the store's sake it is probed with commits of its own,
 * since a node that is not ready gets no message whose commit would tell that the trouble is over.
 */
export function watchStore(store: Store, clock: Clock, log: Logger): WatchedStore {
  let failure: PortolanError | undefined;
  let probe: Timer | undefined;

  const probeLater = () => {
    probe = clock.after(PROBE_MS, () => {
      const probed = store.commit([{ kind: "setPosition", name: "portolan:probe", value: clock.now() }], "power-loss");
      Promise.resolve(probed).then(() => {
        failure = undefined;
        log.log("info", "the store can write again");
      }, probeLater);
    });
  };
  const onFailure = (error: unknown) => {
    if (failure !== undefined || !(error instanceof PortolanError) || !error.code.startsWith("PORTOLAN_STORE_")) return;
    failure = error;
    // A store that has ended never writes again.
    if (error.code === "PORTOLAN_STORE_ENDED") return;
    log.log("error", "the store cannot write; not ready until it can", { code: error.code, error: error.message });
    probeLater();
  };

  return {
    store: {
      ...store,
      commit(effects, durability) {
        const committed = store.commit(effects, durability);
        if (committed instanceof Promise) committed.catch(onFailure);
        return committed;
      },
    },
    get failure() {
      return failure;
    },
    stopWatching: () => probe?.cancel(),
  };
}
