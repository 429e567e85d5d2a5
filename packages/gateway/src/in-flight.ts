import { PortolanError } from "@portolan/core";

/** Counts what a door or a client has in process. */
export interface InFlight {
  /** Throws PORTOLAN_STOPPING after `close`. */
  enter(): void;
  leave(): void;
  /** Resolves when all that entered have left. */
  close(): Promise<void>;
}

export function createInFlight(): InFlight {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let count = 0;
  let isClosing = false;
  return {
    enter() {
      if (isClosing) throw new PortolanError("PORTOLAN_STOPPING", "this endpoint is closing");
      count += 1;
    },
    leave() {
      count -= 1;
      if (isClosing && count === 0) resolve();
    },
    close() {
      isClosing = true;
      if (count === 0) resolve();
      return ended;
    },
  };
}
