import type { ChannelStatus, ClaimRequest, Durability, ErrorKind, RetentionPolicy, StoreSetup } from "@portolan/core";

/** A message as it travels to the worker and lies in its row. Bodies are encoded and decoded on the caller's side only. */
export interface EncodedMessage {
  readonly id: string;
  readonly kind: number;
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly isSpooled: boolean;
  readonly headers: string | null;
  readonly deadLetter: string | null;
}

/** sequence, id, kind, body, spool, headers, dead letter, appended at. */
export type MessageRow = readonly [
  number,
  string,
  number,
  string | Uint8Array<ArrayBuffer> | null,
  string | null,
  string | null,
  string | null,
  number,
];
/** And then: expires at, failures, parked. */
export type DeliveryRow = readonly [...MessageRow, number | null, number, string | null];

export type EncodedEffect =
  | {
      readonly kind: "append";
      readonly channel: string;
      readonly message: EncodedMessage;
      readonly key: string | null;
      readonly priority: number | null;
      readonly due: number;
      readonly expiresAt: number | null;
    }
  | { readonly kind: "settle"; readonly subscription: number; readonly sequence: number }
  | {
      readonly kind: "postpone";
      readonly subscription: number;
      readonly sequence: number;
      readonly due: number;
      readonly failures: number;
      readonly parked: string | null;
    }
  | { readonly kind: "keepKey"; readonly scope: string; readonly key: string; readonly until: number; readonly result: string | null }
  | { readonly kind: "setPosition"; readonly name: string; readonly value: string; readonly expected?: string }
  | { readonly kind: "journal"; readonly messageId: string; readonly startedAt: number; readonly failed: boolean; readonly entry: string };

export interface EncodedCommit {
  readonly effects: readonly EncodedEffect[];
  readonly durability: Durability;
  readonly at: number;
}

/** What a caller may ask; each is answered once, in the order asked. */
export interface Calls {
  open(setup: StoreSetup): readonly number[];
  take(subscription: number, limit: number): readonly DeliveryRow[];
  nextDue(subscription: number): number | undefined;
  claim(request: ClaimRequest): EncodedClaimAnswer;
  position(name: string): string | undefined;
  channels(): readonly ChannelStatus[];
  peek(channel: string, after: number, limit: number): readonly MessageRow[];
  remove(channel: string, sequences: readonly number[] | undefined): number;
  redrive(channel: string, sequences: readonly number[] | undefined): number;
  journal(messageId: string): readonly string[];
  failures(limit: number): readonly string[];
  prune(policy: RetentionPolicy): number;
}

export type EncodedClaimAnswer =
  | { readonly state: "granted" }
  | { readonly state: "held"; readonly until: number }
  | { readonly state: "kept"; readonly result: string | null };

export type CallName = keyof Calls;
export type CallRequest = {
  [Name in CallName]: { readonly kind: "call"; readonly name: Name; readonly args: Parameters<Calls[Name]> };
}[CallName];

export type ToWorker =
  | { readonly kind: "commits"; readonly commits: readonly EncodedCommit[] }
  | (CallRequest & { readonly id: number; readonly now: number })
  | { readonly kind: "release"; readonly subscription: number; readonly sequences: readonly number[] }
  | { readonly kind: "renew"; readonly owner: string; readonly until: number }
  | { readonly kind: "unclaim"; readonly scope: string; readonly key: string; readonly owner: string }
  /** The time has gone on: look for changes by other processes, and do what is left for quiet moments. */
  | { readonly kind: "tick"; readonly now: number }
  | { readonly kind: "close" };

export type FromWorker = { readonly rung: readonly number[] } & (
  | { readonly kind: "ready" }
  /** So many of the oldest commits that were not answered yet are written, but for those that failed, by their index. */
  | {
      readonly kind: "committed";
      readonly count: number;
      readonly failed: readonly { readonly index: number; readonly error: PlainError }[];
      readonly isOwing: boolean;
    }
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refused"; readonly id: number; readonly error: PlainError }
  | { readonly kind: "rung" }
  | { readonly kind: "closed"; readonly error: PlainError | null }
  | { readonly kind: "unusable"; readonly error: PlainError }
);

/** A PortolanError on its way between threads. */
export interface PlainError {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly hint: string | null;
  readonly cause: { readonly message: string; readonly code: string | null } | null;
}

export interface WorkerOptions {
  readonly directory: string;
}
