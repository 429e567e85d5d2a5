import type { Clock } from "@portolan/core";
import { createRecentMap } from "./recent-map.ts";
import type { IdempotentReplies, IdempotentReply } from "./idempotent-replies.ts";

export interface MemoryReplyLimits {
  readonly keepMs: number;
  readonly maxBytes: number;
  readonly clock: Clock;
}

interface Entry {
  readonly fingerprint: string;
  readonly since: number;
  /** Undefined while the first request is in process. */
  reply?: IdempotentReply;
}

/** What an entry takes besides its body. */
const ENTRY_BYTES = 512;

/** Replies in the memory of the node, up to a size; beyond it the oldest go first. */
export function repliesInMemory({ keepMs, maxBytes, clock }: MemoryReplyLimits): IdempotentReplies {
  // In the order in which they began, so that those out of time are in front.
  const entries = createRecentMap<Entry>();
  let bytes = 0;
  const sizeOf = ({ reply }: Entry) => ENTRY_BYTES + (reply === undefined ? 0 : Buffer.byteLength(reply.body));
  const remove = (key: string, entry: Entry) => {
    if (entries.get(key) !== entry) return;
    entries.delete(key);
    bytes -= sizeOf(entry);
  };
  const forgetOld = (now: number) => {
    for (let one = entries.oldest(); one !== undefined && one.value.since + keepMs <= now; one = entries.oldest())
      remove(one.key, one.value);
  };
  const makeRoom = () => {
    for (let one = entries.oldest(); one !== undefined && bytes > maxBytes; one = one.newer)
      if (one.value.reply !== undefined) remove(one.key, one.value);
  };
  return {
    begin(key, fingerprint) {
      const now = clock.now();
      forgetOld(now);
      const known = entries.get(key);
      if (known?.reply !== undefined) return { state: "kept", reply: known.reply };
      if (known !== undefined) return { state: "held", fingerprint: known.fingerprint };
      const entry: Entry = { fingerprint, since: now };
      entries.set(key, entry);
      bytes += ENTRY_BYTES;
      return {
        state: "begun",
        keep(reply) {
          if (entries.get(key) !== entry) return;
          bytes -= sizeOf(entry);
          entry.reply = reply;
          bytes += sizeOf(entry);
          makeRoom();
        },
        drop: () => remove(key, entry),
      };
    },
  };
}
