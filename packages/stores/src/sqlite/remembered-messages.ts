import type { EncodedCommit, EncodedMessage } from "./protocol.ts";

/**
 * What was appended last, on the caller's side: the worker then only names a message by its ticket, and need neither read it
 * back from the database nor send it over. Tickets number the appends of a store in the order of the calls.
 */
export interface RememberedMessages {
  /** Remembers the appends of a commit; answers the ticket of the first. */
  remember(effects: EncodedCommit[2], at: number): number;
  /** Undefined if it was forgotten for later ones. */
  find(ticket: number): RememberedMessage | undefined;
}

export interface RememberedMessage {
  readonly ticket: number;
  readonly message: EncodedMessage;
  readonly appendedAt: number;
  readonly expiresAt: number | null;
}

/** As many as are remembered, and no longer than this: 16 million characters at the most, usually a hundredth of it. */
export const REMEMBERED = 2048;
const LONGEST_BODY = 8192;

/** Both sides must agree on it. Bytes are not: every delivery has its own, since a route could write into them. */
export function isRemembered([, , body]: EncodedMessage): boolean {
  return typeof body === "string" && body.length <= LONGEST_BODY;
}

export function createRememberedMessages(): RememberedMessages {
  const slots: (RememberedMessage | undefined)[] = [];
  let next = 0;
  return {
    remember(effects, appendedAt) {
      const first = next;
      for (const effect of effects) {
        if (effect[0] !== "append") continue;
        const message = effect[2];
        if (isRemembered(message)) slots[next % REMEMBERED] = { ticket: next, message, appendedAt, expiresAt: effect[6] };
        next += 1;
      }
      return first;
    },
    find(ticket) {
      const slot = slots[ticket % REMEMBERED];
      return slot?.ticket === ticket ? slot : undefined;
    },
  };
}
