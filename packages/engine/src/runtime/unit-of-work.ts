import type { Delivery, DeliveryRef, Durability, Effect, SetPositionEffect, StoredMessage } from "@portolan/core";

/** An effect that is waiting for the commit. Times that count from the commit are filled in then. */
export type PendingEffect = Effect | PendingAppend | PendingSettle | PendingReceipt;

/** A message that a step has polled from a channel. */
export interface PendingSettle {
  readonly kind: "pendingSettle";
  readonly channel: string;
  readonly ref: DeliveryRef;
}

/** A message that a step has polled from a connector, which is told when the unit of work has ended. */
export interface PendingReceipt {
  readonly kind: "pendingReceipt";
  readonly position: Omit<SetPositionEffect, "kind"> | undefined;
}

export interface PendingAppend {
  readonly kind: "pendingAppend";
  readonly channel: string;
  readonly message: StoredMessage;
  readonly key?: string | undefined;
  readonly priority?: number | undefined;
  readonly delayMs?: number | undefined;
}

interface Entry {
  readonly effect: PendingEffect;
  /** Order of sending, over all parallel parts. */
  readonly order: number;
  /** Survives that the block around it is undone. */
  kept: boolean;
  /** Told when it is undone. */
  readonly options: EffectOptions | undefined;
}

export interface EffectOptions {
  /** Survives that the block around it is undone. */
  readonly kept?: boolean;
  /** Called when it is undone. */
  undo?(): void;
}

/** Work on the side of a message, such as a tap, that is to begin once the message's unit of work has been committed. */
export interface Aside {
  /** Leads to it; committed with the unit of work, so that a crash does not lose it. */
  readonly append: PendingAppend;
  /** Begins it without the store, where that cannot take the message. A promise: too much is on its way. */
  start(): void | Promise<void>;
}

/** Who wants to know how a unit of work ends. */
export interface UnitListener {
  /** Its commit is on its way: no other commit that is asked for from now on comes before it. */
  submitted?(): void;
  ended(committed: boolean): void;
}

/** What starts once a unit of work has ended. */
export interface Afterwards {
  /** Only if what the unit of work did stands: a success that was undone is none. */
  readonly ifItStands: boolean;
  /** undefined: the store cannot take the message. */
  readonly append: PendingAppend | undefined;
  start(): void;
}

/**
 * Everything that processing one message will change in the stores. Blocks that fail are undone by going back to a mark;
 * parts that may run side by side collect into lists of their own.
 */
export class UnitOfWork {
  readonly durability: Durability;
  readonly delivery: Delivery | undefined;
  /** Whether the store holds what it began with, and delivers that again after a crash. */
  readonly isStored: boolean;
  /** The channel that it reads from, or that the message came from on whose side it works. */
  readonly reads: string | undefined;
  order = 0;
  /** Its commit is on its way, or it has ended: what comes now does not go with it. */
  isOver = false;
  /** Places in memory channels that it has taken, one for each message; undefined: it has not asked for them. */
  places: readonly string[] | undefined;
  /** Keys that its commit keeps. */
  kept: Set<string> | undefined;
  /** What begins on the side, whether the message succeeds or fails. */
  asides: Aside[] | undefined;
  /** What runs once it has ended, well or not. */
  afterwards: Afterwards[] | undefined;
  private readonly ids: () => string;
  private ownId: string | undefined;
  private claimed: Set<string> | undefined;
  private listeners: UnitListener[] | undefined;

  constructor(ids: () => string, durability: Durability, origin: UnitOrigin = {}) {
    this.ids = ids;
    this.durability = durability;
    this.delivery = origin.delivery;
    this.isStored = origin.isStored ?? false;
    this.reads = origin.reads ?? origin.delivery?.channel;
  }

  /** Who claims. Made when it is first asked for: most units claim nothing. */
  get id(): string {
    return (this.ownId ??= this.ids());
  }

  /** Keys claimed by this unit of work: a second claim is a duplicate, nobody waits for himself. */
  get claims(): Set<string> {
    return (this.claimed ??= new Set());
  }

  putAside(aside: Aside): void {
    (this.asides ??= []).push(aside);
  }

  listen(listener: UnitListener): void {
    // A list that begins with what it holds takes a tenth of the memory of one that grows.
    if (this.listeners === undefined) this.listeners = [listener];
    else this.listeners.push(listener);
  }

  submitted(): void {
    this.isOver = true;
    if (this.listeners !== undefined) for (const listener of this.listeners) listener.submitted?.();
  }

  /** The commit is over, or there was nothing to commit. */
  ended(committed: boolean): void {
    this.isOver = true;
    const { listeners } = this;
    if (listeners === undefined) return;
    this.listeners = undefined;
    for (const listener of listeners) listener.ended(committed);
  }
}

/** What a unit of work begins with. */
export interface UnitOrigin {
  readonly delivery?: Delivery;
  readonly isStored?: boolean;
  readonly reads?: string | undefined;
}

/** The effects of one line of execution, in order. */
export class EffectList {
  readonly unit: UnitOfWork;
  private entries: Entry[] | undefined;
  /** Only what parts have collected may be out of order. */
  private isInOrder = true;

  constructor(unit: UnitOfWork) {
    this.unit = unit;
  }

  get size(): number {
    return this.entries?.length ?? 0;
  }

  add(effect: PendingEffect, options?: EffectOptions): void {
    const entry: Entry = { effect, order: this.unit.order++, kept: options?.kept ?? false, options };
    if (this.entries === undefined) this.entries = [entry];
    else this.entries.push(entry);
  }

  /** A mark to go back to. */
  mark(): number {
    return this.size;
  }

  /** Undoes all since the mark but what is kept. */
  rollback(mark: number): void {
    if (this.entries === undefined || this.entries.length <= mark) return;
    const undone = this.entries.splice(mark);
    for (const entry of undone) if (entry.kept) this.entries.push(entry);
    // The last one first, so that each finds what it left.
    for (const entry of undone.reverse()) if (!entry.kept) entry.options?.undo?.();
  }

  /** Makes all since the mark survive a rollback. */
  keep(mark: number): void {
    for (const entry of this.entries?.slice(mark) ?? []) entry.kept = true;
  }

  /** Takes over what a part has collected. */
  absorb(part: EffectList): void {
    if (part.entries === undefined) return;
    this.entries ??= [];
    this.isInOrder = false;
    // One by one: a call cannot take as many arguments as a long stream makes effects.
    for (const entry of part.entries) this.entries.push(entry);
    part.entries = undefined;
  }

  /**
   * Takes out, of what follows the mark, the appends that fit and may be undone with nothing else. Of the positions that lead
   * nowhere but to the next one only the last stays.
   */
  takeAppends(
    mark: number,
    fits: (append: PendingAppend) => boolean,
  ): readonly { readonly append: PendingAppend; readonly order: number }[] {
    if (this.entries === undefined) return [];
    const taken: { readonly append: PendingAppend; readonly order: number }[] = [];
    const left: Entry[] = [];
    const positions = new Map<string, number>();
    for (const entry of this.entries.splice(mark)) {
      const { effect, order, kept, options } = entry;
      const append = appendOf(effect);
      if (append !== undefined && !kept && options?.undo === undefined && fits(append)) {
        taken.push({ append, order });
        continue;
      }
      if (effect.kind === "setPosition" && !("expected" in effect)) {
        const before = positions.get(effect.name);
        if (before !== undefined) {
          left[before] = entry;
          continue;
        }
        positions.set(effect.name, left.length);
      }
      left.push(entry);
    }
    for (const entry of left) this.entries.push(entry);
    return taken;
  }

  /** Puts another effect in the place of one that was added before. */
  replace(effect: PendingEffect, by: PendingEffect): void {
    const index = this.entries?.findIndex((entry) => entry.effect === effect) ?? -1;
    const entry = this.entries?.[index];
    if (this.entries !== undefined && entry !== undefined) this.entries[index] = { ...entry, effect: by };
  }

  /** Undoes everything, also what is kept over failures: the message will be processed from the start again. */
  discard(): void {
    for (const entry of this.entries ?? []) entry.kept = false;
    this.rollback(0);
    this.unit.asides = undefined;
  }

  /** All effects in the order of sending. */
  effects(): readonly PendingEffect[] {
    if (this.entries === undefined) return [];
    if (!this.isInOrder) this.entries.sort((a, b) => a.order - b.order);
    this.isInOrder = true;
    return this.entries.map(effectOf);
  }
}

function effectOf({ effect }: Entry): PendingEffect {
  return effect;
}

/** What it appends, unless that has times of its own. */
function appendOf(effect: PendingEffect): PendingAppend | undefined {
  if (effect.kind === "pendingAppend") return effect;
  if (effect.kind !== "append" || effect.due !== undefined || effect.expiresAt !== undefined) return undefined;
  return { ...effect, kind: "pendingAppend" };
}

export function claimName(scope: string, key: string): string {
  return `${scope}\u0000${key}`;
}
