import type { JournalEntry, RetentionPolicy } from "@portolan/core";
import { hasFailed } from "../journal-outcome.ts";

export interface Journal {
  add(entry: JournalEntry): void;
  ofMessage(messageId: string): readonly JournalEntry[];
  failures(limit: number): readonly JournalEntry[];
  prune(policy: RetentionPolicy, now: number): number;
}

/** Entries by number, oldest first, with an index by message. */
export function createJournal(): Journal {
  const entries = new Map<number, JournalEntry>();
  const byMessage = new Map<string, JournalEntry[]>();
  let next = 0;

  function drop(number: number, entry: JournalEntry): void {
    entries.delete(number);
    // Entries go in the order they came, so the first of its message is the one.
    const ofMessage = byMessage.get(entry.messageId);
    ofMessage?.shift();
    if (ofMessage?.length === 0) byMessage.delete(entry.messageId);
  }

  return {
    add(entry) {
      entries.set(next, entry);
      next += 1;
      const ofMessage = byMessage.get(entry.messageId);
      if (ofMessage === undefined) byMessage.set(entry.messageId, [entry]);
      else ofMessage.push(entry);
    },
    ofMessage: (messageId) => [...(byMessage.get(messageId) ?? [])],
    failures: (limit) => [...entries.values()].filter(hasFailed).slice(-limit).reverse(),
    prune(policy, now) {
      let removed = 0;
      for (const [number, entry] of entries) {
        const isOld = entry.startedAt < now - policy.olderThanMs;
        if (removed >= policy.batch || (!isOld && entries.size <= policy.maxEntries)) break;
        drop(number, entry);
        removed += 1;
      }
      return removed;
    },
  };
}
