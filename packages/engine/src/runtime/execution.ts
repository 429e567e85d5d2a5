import type { JournalStep, Message } from "@portolan/core";
import { EffectList, type UnitOfWork } from "./unit-of-work.ts";

/** Why a list of steps does not go on. */
export const RUNNING = 0;
export const DROPPED = 1;
export const STOPPED = 2;

/**
 * One line of execution: a route, a part or a branch. Inline blocks share it, so that a drop or a stop inside
 * ends everything up to the line's own end.
 */
export class Execution {
  readonly unit: UnitOfWork;
  /** Whether the message entered here: the app's clauses apply and a retry can be parked. */
  readonly entry: boolean;
  readonly signal: AbortSignal | undefined;
  readonly trace: Trace | undefined;
  /** The message that the route received. */
  received: Message;
  /** The saga that this line is part of, as the saga step knows it; called routes inherit it. */
  saga: unknown;
  end: typeof RUNNING | typeof DROPPED | typeof STOPPED = RUNNING;
  private ownList: EffectList | undefined;
  /** Whose effects this line shares. */
  private readonly sharer: Execution | undefined;

  constructor(unit: UnitOfWork, scope: ExecutionScope) {
    this.unit = unit;
    this.ownList = undefined;
    this.sharer = scope.sharer;
    this.entry = scope.entry;
    this.signal = scope.signal;
    this.trace = scope.trace;
    this.received = scope.received;
    this.saga = scope.saga;
  }

  /** Its effects. The list is made when it is first asked for: most lines have none. */
  get list(): EffectList {
    return (this.ownList ??= this.sharer === undefined ? new EffectList(this.unit) : this.sharer.list);
  }

  /** A mark to go back to. */
  mark(): number {
    if (this.ownList !== undefined) return this.ownList.mark();
    return this.sharer === undefined ? 0 : this.sharer.mark();
  }

  get hasEffects(): boolean {
    return this.mark() > 0 || this.unit.asides !== undefined;
  }

  /** A line for a copy block: effects of its own, to be absorbed when it succeeds. */
  part(signal: AbortSignal | undefined): Execution {
    return new Execution(this.unit, {
      sharer: undefined,
      entry: this.entry,
      signal,
      trace: this.trace,
      received: this.received,
      saga: this.saga,
    });
  }

  /** A line in the same route that shares the effects but ends on its own: a finally block, a clause's steps. */
  aside(): Execution {
    const { entry, signal, trace, received, saga } = this;
    return new Execution(this.unit, { sharer: this, entry, signal, trace, received, saga });
  }

  /** The line of a called route, in the same unit of work. */
  called(received: Message): Execution {
    return new Execution(this.unit, { sharer: this, entry: false, signal: this.signal, trace: this.trace, received, saga: this.saga });
  }
}

export interface ExecutionScope {
  readonly sharer: Execution | undefined;
  readonly entry: boolean;
  readonly signal: AbortSignal | undefined;
  readonly trace: Trace | undefined;
  readonly received: Message;
  readonly saga?: unknown;
}

/** The timeline of one message in the making. */
export interface Trace {
  readonly startedAt: number;
  readonly steps: JournalStep[];
}
