import type { JournalEntry } from "@portolan/core";

/** Whether an entry tells of a unit of work that did not succeed, be it for good or until the next attempt. */
export function hasFailed({ outcome }: JournalEntry): boolean {
  switch (outcome) {
    case "failed":
    case "deadLettered":
    case "parked":
    case "redelivered":
      return true;
    case "done":
    case "dropped":
    case "handled":
      return false;
    default:
      return outcome satisfies never;
  }
}
