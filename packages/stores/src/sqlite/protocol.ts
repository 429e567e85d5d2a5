import type { ChannelStatus, ClaimRequest, Durability, ErrorKind, RetentionPolicy, StateQuery, StoreSetup } from "@portolan/core";

/** A message as it travels to the worker and lies in its row. Bodies are encoded and decoded on the caller's side only. */
export type EncodedMessage = readonly [
  id: string,
  kind: number,
  body: string | Uint8Array<ArrayBuffer>,
  isSpooled: boolean,
  headers: string | null,
  deadLetter: string | null,
  attributes: string | null,
];

/** sequence, id, kind, body, spool, headers, dead letter, appended at, attributes. */
export type MessageRow = readonly [
  number,
  string,
  number,
  string | Uint8Array<ArrayBuffer> | null,
  string | null,
  string | null,
  string | null,
  number,
  string | null,
];
/** And then: expires at, failures, parked. */
export type DeliveryRow = readonly [...MessageRow, number | null, number, string | null];

/** A message that the caller remembers: nothing has happened to it since it was appended. */
export type RememberedRow = readonly [sequence: number, ticket: number];

/** Lists, because a list crosses to another thread at a third of the cost of an object. */
export type EncodedEffect =
  | readonly [
      "append",
      channel: string,
      message: EncodedMessage,
      key: string | null,
      priority: number | null,
      due: number,
      expiresAt: number | null,
    ]
  | readonly ["appendStaged", stage: string]
  | readonly ["settle", subscription: number, sequence: number, inTurn: boolean]
  | readonly ["postpone", subscription: number, sequence: number, due: number, failures: number, parked: string | null]
  | readonly ["keepKey", scope: string, key: string, until: number, result: string | null]
  | readonly ["setPosition", name: string, value: string, expected: string | null]
  | readonly [
      "putState",
      scope: string,
      key: string,
      kind: number,
      value: string | Uint8Array<ArrayBuffer>,
      isSpooled: boolean,
      due: number | null,
      until: number | null,
      expected: number,
      version: number,
      items: readonly EncodedItem[],
    ]
  | readonly ["dropState", scope: string, key: string, expected: number]
  | readonly ["journal", messageId: string, startedAt: number, failed: number, entry: string];

/** An append that is put aside, on its way to the worker. */
export type EncodedStaged = readonly [
  order: number,
  channel: string,
  message: EncodedMessage,
  key: string | null,
  priority: number | null,
  delay: number,
  ttl: number | null,
];

/** An item of a row's list, on its way to the worker. */
export type EncodedItem = readonly [kind: number, value: string | Uint8Array<ArrayBuffer>, isSpooled: boolean];
/** And on its way back. */
export type StoredItem = readonly [kind: number, value: string | Uint8Array<ArrayBuffer> | null];

export type EncodedStateRow = readonly [
  order: number,
  key: string,
  kind: number,
  value: string | Uint8Array<ArrayBuffer> | null,
  version: number,
  due: number | null,
  count: number,
];

/** `ticket` is that of the first append; the others follow. */
export type EncodedCommit = readonly [durability: Durability, at: number, effects: readonly EncodedEffect[], ticket: number];

/** What a caller may ask; each is answered once, in the order asked. */
export interface Calls {
  open(setup: StoreSetup): readonly number[];
  stage(stage: string, appends: readonly EncodedStaged[]): void;
  take(subscription: number, limit: number): readonly (DeliveryRow | RememberedRow)[];
  /** The rows of deliveries in flight that the caller has forgotten, but for those that are gone. */
  read(subscription: number, sequences: readonly number[]): readonly DeliveryRow[];
  nextDue(subscription: number): number | undefined;
  claim(request: ClaimRequest): EncodedClaimAnswer;
  position(name: string): string | undefined;
  state(scope: string, key: string): EncodedStateRow | undefined;
  stateItems(scope: string, key: string): readonly StoredItem[];
  states(scope: string, query: StateQuery): readonly EncodedStateRow[];
  nextStateDue(scope: string): number | undefined;
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
  | { readonly kind: "unstage"; readonly stage: string }
  | { readonly kind: "renew"; readonly owner: string; readonly until: number }
  | { readonly kind: "unclaim"; readonly scope: string; readonly key: string; readonly owner: string }
  /** The time has gone on: look for changes by other processes, and do what is left for quiet moments. */
  | { readonly kind: "tick"; readonly now: number }
  | { readonly kind: "close" };

export type FromWorker =
  | { readonly kind: "ready" }
  | ({ readonly kind: "progress" } & Progress)
  | { readonly kind: "closed"; readonly error: PlainError | null }
  | { readonly kind: "unusable"; readonly error: PlainError };

/** What has been done since the last message. */
export interface Progress {
  /** So many of the oldest commits that were not answered yet are written, but for those that failed, by their index. */
  readonly committed: number;
  readonly failed: readonly { readonly index: number; readonly error: PlainError }[];
  /** Whether commits that asked for no durability are waiting for a disk in trouble. */
  readonly isOwing: boolean;
  readonly answers: readonly EncodedAnswer[];
  /** Subscriptions that may have something new. */
  readonly rung: readonly number[];
}

export type EncodedAnswer = readonly [call: number, value: unknown] | readonly [call: number, value: undefined, error: PlainError];

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
