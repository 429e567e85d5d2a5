import type { Effect, RetentionPolicy, StoreSetup } from "@portolan/core";

/** One change of a memory store. The state of the store is the fold of its records, in their order. */
export type StoreLogRecord = { readonly at: number } & StoreChange;

export type StoreChange =
  | { readonly kind: "open"; readonly setup: StoreSetup }
  | { readonly kind: "commit"; readonly effects: readonly Effect[] }
  | { readonly kind: "remove"; readonly channel: string; readonly sequences: readonly number[] }
  | { readonly kind: "redrive"; readonly channel: string; readonly sequences: readonly number[] }
  | { readonly kind: "prune"; readonly policy: RetentionPolicy };

/**
 * Where a memory store writes its changes so that another one can go on from them. A record is kept whole or not at all,
 * and never without those before it. When `sync` rejects, nobody knows what was kept: the store accepts nothing more.
 */
export interface StoreLog {
  /** Hands a record over; it may be lost with the machine until `sync` has resolved. */
  append(record: StoreLogRecord): void;
  /** Resolves when every record appended before the call will survive. */
  sync(): Promise<void>;
  /** All records that are kept, oldest first. Called once, before the first append. */
  read(): readonly StoreLogRecord[];
}
