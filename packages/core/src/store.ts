import type { Headers } from "./message.ts";
import type { ErrorReport, PortolanError } from "./portolan-error.ts";

/**
 * What must have happened before a commit counts:
 * - `power-loss`: on disk (fsync). Survives everything that the disk survives.
 * - `process-crash`: handed to the operating system. Survives the death of the process, not a power cut.
 * - `none`: accepted in memory, written soon.
 */
export type Durability = "power-loss" | "process-crash" | "none";

/** What a channel carries of a message; of the attributes only `deadLetter`, and in a step's inbox what the step says. */
export interface StoredMessage {
  readonly id: string;
  readonly body: unknown;
  readonly headers: Headers;
  /** What a step tells the block that reads its inbox, such as `aggregate`. JSON data. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  readonly deadLetter?: DeadLetter | undefined;
}

/** Why a message is a dead letter, and what is needed to understand, repair and re-drive it. */
export interface DeadLetter {
  /** The route that the message entered. */
  readonly route: string;
  /** The failing step, or "" if none was reached. */
  readonly step: string;
  readonly error: ErrorReport;
  readonly attempts: number;
  /** The body as it reached the failing step. */
  readonly failedBody: unknown;
  /** The channel that the message came from, if it came from one. */
  readonly channel?: string | undefined;
  /** Where re-driving puts it, if not into the route's own inbox `route:ID`: a part goes back to the block it failed in. */
  readonly inbox?: string | undefined;
  /** When it failed, in ms. */
  readonly at: number;
}

/** A durable or memory channel as the store needs to know it. */
export interface ChannelSpec {
  readonly name: string;
  /** Messages with the same key are delivered one after another, in order. */
  readonly ordered: boolean;
  /** Higher priorities are delivered first. */
  readonly prioritized: boolean;
}

/** A route reads a channel. Each subscription of a channel gets every message that is appended after it began. */
export interface SubscriptionSpec {
  readonly channel: string;
  readonly route: string;
}

/** Names one delivery to `settle`, `postpone` or `release` it. Opaque; only valid in the process that got it. */
export interface DeliveryRef {
  readonly subscription: number;
  readonly sequence: number;
}

/** A message taken from a channel for one route. It is in flight until it is settled, postponed or released. */
export interface Delivery {
  readonly ref: DeliveryRef;
  readonly channel: string;
  readonly message: StoredMessage;
  /** Failed deliveries before this one. */
  readonly failures: number;
  /** Attempts made per step by parked retries, and when the first was made. */
  readonly parked?: ParkedState | undefined;
  /** When it was appended, in ms. */
  readonly appendedAt: number;
  readonly expiresAt?: number | undefined;
}

export interface ParkedState {
  readonly attempts: Readonly<Record<string, number>>;
  readonly firstAttemptAt: number;
}

/** One change that a unit of work makes. All changes of a commit happen, or none. */
export type Effect =
  | AppendEffect
  | AppendStagedEffect
  | SettleEffect
  | PostponeEffect
  | KeepKeyEffect
  | SetPositionEffect
  | PutStateEffect
  | DropStateEffect
  | JournalEffect;

export interface AppendEffect {
  readonly kind: "append";
  readonly channel: string;
  readonly message: StoredMessage;
  /** The `orderedBy` key as JSON text. */
  readonly key?: string | undefined;
  readonly priority?: number | undefined;
  /** Not delivered before, in ms. */
  readonly due?: number | undefined;
  readonly expiresAt?: number | undefined;
}

/**
 * Appends everything that was staged under a name, in the order of its numbers. If there is no such stage, the commit fails with
 * PORTOLAN_CONFLICT.
 */
export interface AppendStagedEffect {
  readonly kind: "appendStaged";
  readonly stage: string;
}

/** An append of a unit of work that is not committed yet. Its times count from the commit. */
export interface StagedAppend extends Pick<AppendEffect, "channel" | "message" | "key" | "priority"> {
  readonly delayMs?: number | undefined;
  readonly ttlMs?: number | undefined;
  /** Its place in the stage: a whole number below 2^32 that no other append of the stage has. */
  readonly order: number;
}

/**
 * The delivery has been processed. With `inTurn` the commit fails with PORTOLAN_CONFLICT while an earlier message of the
 * subscription is unfinished that does not have to wait for a time: if one commit is refused, so are those that follow it.
 */
export interface SettleEffect {
  readonly kind: "settle";
  readonly ref: DeliveryRef;
  readonly inTurn?: boolean;
}

/** The delivery is given back, to be delivered again when due. In an ordered channel later messages of its key wait for it. */
export interface PostponeEffect {
  readonly kind: "postpone";
  readonly ref: DeliveryRef;
  readonly due: number;
  readonly failures: number;
  readonly parked?: ParkedState | undefined;
}

/** Makes a claimed idempotent key permanent until `until`; `result` is kept for `duplicates: replay`. */
export interface KeepKeyEffect {
  readonly kind: "keepKey";
  readonly scope: string;
  readonly key: string;
  readonly until: number;
  readonly result?: unknown;
}

/**
 * Remembers how far a source has come (a schedule's planned time, a file's offset). If `expected` is given and the
 * position is another one, the commit fails with PORTOLAN_CONFLICT: the source's work was done by somebody else.
 */
export interface SetPositionEffect {
  readonly kind: "setPosition";
  readonly name: string;
  readonly value: unknown;
  readonly expected?: unknown;
}

/**
 * Writes a row of state: an open group, a message that waits for its place, the progress of a saga. If the row's version
 * is not `expected` (0: there is none yet), the commit fails with PORTOLAN_CONFLICT.
 */
export interface PutStateEffect {
  readonly kind: "putState";
  readonly scope: string;
  readonly key: string;
  /** What a body can be, or a structure of it; large values live out of line like large bodies. */
  readonly value: unknown;
  /** Added to the end of the row's list. It only grows until the row is dropped: what it holds is not written again. */
  readonly items?: readonly unknown[] | undefined;
  /** When something is to happen to it, in ms; `states` finds it by this. */
  readonly due?: number | undefined;
  /** Removed by retention after this, in ms. */
  readonly until?: number | undefined;
  readonly expected: number;
  /**
   * Its new version, above 0; `expected + 1` if none is given. A row that follows one whose drop is not on the disk yet must not
   * have a version of that one: if the drop fails, what is built on the new row would be taken for a change of the old one.
   */
  readonly version?: number | undefined;
}

/** Removes a row of state and its list; its version must be `expected`, else PORTOLAN_CONFLICT. */
export interface DropStateEffect {
  readonly kind: "dropState";
  readonly scope: string;
  readonly key: string;
  readonly expected: number;
}

/** A row of state as it is now. A row that is `until` a time is none from then on. */
export interface StateRow {
  readonly key: string;
  readonly value: unknown;
  readonly version: number;
  /** How many items its list has; `stateItems` has the items themselves. */
  readonly count: number;
  readonly due?: number | undefined;
  /** Rises from row to row of a scope in the order in which they came to be; writing a row again does not change it. */
  readonly order: number;
}

export interface StateQuery {
  /** Only rows due at or before this time, the earliest first. Without it: all rows, in their order. */
  readonly dueBy?: number;
  /** Without `dueBy`: only rows after this order. */
  readonly after?: number;
  readonly limit: number;
}

export interface JournalEffect {
  readonly kind: "journal";
  readonly entry: JournalEntry;
}

/** What became of one message in one route. */
export interface JournalEntry {
  readonly messageId: string;
  readonly route: string;
  /** How it came: `channel:NAME`, `route:ID` or a connector's name. */
  readonly via: string;
  readonly startedAt: number;
  readonly durationMs: number;
  readonly outcome: "done" | "dropped" | "failed" | "handled" | "deadLettered" | "parked" | "redelivered";
  readonly steps: readonly JournalStep[];
  readonly error?: ErrorReport | undefined;
  readonly failedStep?: string | undefined;
}

/** One run of one step; `at` is milliseconds after the start of the entry. */
export interface JournalStep {
  readonly step: string;
  readonly pattern: string;
  readonly at: number;
  readonly ms: number;
  readonly error?: string | undefined;
}

export interface ClaimRequest {
  readonly scope: string;
  /** The key as JSON text. */
  readonly key: string;
  /** Who claims: one unit of work. */
  readonly owner: string;
  readonly leaseMs: number;
}

/**
 * - `granted`: the owner holds the key until its lease ends, unless renewed.
 * - `held`: another unit of work holds it until `until`.
 * - `kept`: a unit of work with this key has been committed.
 */
export type ClaimAnswer =
  | { readonly state: "granted" }
  | { readonly state: "held"; readonly until: number }
  | { readonly state: "kept"; readonly result?: unknown };

export interface ChannelStatus {
  readonly name: string;
  /** Messages not yet processed by all subscriptions; for a channel without subscriptions, all that it keeps. */
  readonly waiting: number;
  /** Of these, postponed to a later time. */
  readonly postponed: number;
  /** When the oldest waiting one was appended, in ms. */
  readonly oldestAt?: number | undefined;
  readonly subscriptions: readonly { readonly route: string; readonly waiting: number; readonly active: boolean }[];
}

export interface PeekedMessage {
  readonly sequence: number;
  readonly appendedAt: number;
  readonly message: StoredMessage;
}

export interface RetentionPolicy {
  /** Journal entries and processed messages older than this are removed. */
  readonly olderThanMs: number;
  /** Journal entries beyond this many are removed, oldest first. */
  readonly maxEntries: number;
  /** Rows removed in one call at the most. */
  readonly batch: number;
}

/** What a store must do before its first use. Channels and subscriptions that are not named keep their messages. */
export interface StoreSetup {
  readonly channels: readonly ChannelSpec[];
  readonly subscriptions: readonly SubscriptionSpec[];
}

/** A value, now or later: stores in memory answer at once. */
export type Awaitable<T> = T | Promise<T>;

/** One route's view of one channel. Called by the engine's consumer only, one call at a time. */
export interface Subscription {
  readonly id: number;
  readonly channel: string;
  readonly route: string;
  /**
   * Up to `limit` deliveries that may be processed now, in order: due, not in flight, and in an ordered channel not behind
   * an unfinished message of the same key. They are in flight from now on. An empty list: nothing now.
   */
  take(limit: number): Awaitable<readonly Delivery[]>;
  /** When the next postponed or delayed message is due, if there is one and `take` just answered nothing. */
  nextDue(): Awaitable<number | undefined>;
  /** Gives deliveries back unchanged, as if they had not been taken. */
  release(refs: readonly DeliveryRef[]): void;
}

/**
 * Where channels, keys, positions and the journal live. One conformance suite (testkit) runs on every store.
 * All times come from the store's clock. Errors: PORTOLAN_STORE_FAILED when it cannot write (nothing of the commit
 * happened), PORTOLAN_CONFLICT when an expected position differs.
 */
export interface Store {
  /** Must be called once, first. Messages that a channel kept while it had no subscription go to its first one. */
  open(setup: StoreSetup): Promise<readonly Subscription[]>;
  /**
   * Commits the effects as one. Is over, at once or later, when they are as durable as asked; commits become visible in the
   * order of the calls. A failure always comes as a promise.
   */
  commit(effects: readonly Effect[], durability: Durability): Awaitable<void>;
  /**
   * Puts appends of a unit of work aside that is too large to be held in memory. Nobody sees them until a commit has the effect
   * `appendStaged`; they are gone after `unstage`, and when the store is opened anew. Fails with PORTOLAN_STORE_FAILED when it cannot write.
   */
  stage(stage: string, appends: readonly StagedAppend[]): Awaitable<void>;
  /** Drops a stage that no commit will name. */
  unstage(stage: string): void;
  /** Called once if the store can never be used again and was not closed: PORTOLAN_STORE_ENDED. Only stores that can end have it. */
  onEnd?(listener: (error: PortolanError) => void): void;
  /** Called whenever `take` of a subscription may have something new. */
  onWork(listener: (subscriptionId: number) => void): void;

  claim(request: ClaimRequest): Awaitable<ClaimAnswer>;
  /** Extends the owner's leases by `leaseMs` from now. */
  renew(owner: string, leaseMs: number): void;
  /** Gives one claim of the owner back, unless it was kept. */
  unclaim(scope: string, key: string, owner: string): void;

  position(name: string): Awaitable<unknown>;

  state(scope: string, key: string): Awaitable<StateRow | undefined>;
  /** The list of a row of state in the order in which it grew; empty where there is no row. */
  stateItems(scope: string, key: string): Awaitable<readonly unknown[]>;
  states(scope: string, query: StateQuery): Awaitable<readonly StateRow[]>;
  /** When the first row of the scope is due. */
  nextStateDue(scope: string): Awaitable<number | undefined>;

  channels(): Awaitable<readonly ChannelStatus[]>;
  /** Messages that wait in a channel, oldest first, after a sequence number. */
  peek(channel: string, options: { readonly after?: number; readonly limit: number }): Awaitable<readonly PeekedMessage[]>;
  /** Removes waiting messages (all, without `sequences`); answers how many there were. */
  remove(channel: string, sequences?: readonly number[]): Awaitable<number>;
  /**
   * Moves dead letters back to the routes that failed on them (all, without `sequences`), each to its own `inbox`, or
   * to its route's, `route:ID`; answers how many. A message that is no dead letter is left where it is.
   */
  redrive(channel: string, sequences?: readonly number[]): Awaitable<number>;
  /** Everything that the journal holds of a message, oldest first. */
  journal(messageId: string): Awaitable<readonly JournalEntry[]>;
  /** The newest failed entries. */
  failures(limit: number): Awaitable<readonly JournalEntry[]>;
  /** Removes what is older than the policy, up to one batch; answers how many rows: 0 means that nothing is left to do. */
  prune(policy: RetentionPolicy): Awaitable<number>;
  /** Commits that were asked for are finished first. */
  close(): Promise<void>;
}
