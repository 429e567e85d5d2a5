import { sleep, type Clock, type Delivery, type Logger, type Subscription, type Timer } from "@portolan/core";
import type { Gate } from "./gate.ts";

/** Feeds the messages of one channel to one route. */
export interface Consumer {
  readonly subscription: Subscription;
  start(): void;
  /** There may be something new. */
  wake(): void;
  /** Whether there is nothing to process now; with `later`, nor at any later time. */
  isIdle(later: boolean): boolean;
  /** Resolves when that is so. */
  drain(later: boolean): Promise<void>;
  /** Takes nothing more and resolves when what it took has ended; the rest goes back. */
  stop(): Promise<void>;
}

export interface ConsumerParts {
  readonly subscription: Subscription;
  readonly concurrency: number;
  /** false: what is taken is the best at that moment (priorities), so nothing is taken ahead. */
  readonly prefetch: boolean;
  readonly gate: Gate | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * Processes one delivery: resolves when it has been processed, with a promise of its commit, so that the next one can be
   * processed while this one's commit is on its way to the disk. Never rejects; the commit may.
   */
  process(delivery: Delivery): Processed | Promise<Processed>;
}

export interface Processed {
  readonly committed: Promise<void> | undefined;
  /** The delivery has been given back since the node stops: taken again, it would not come further. */
  readonly isGivenBack?: boolean;
}

/** Messages taken at once by a route that waits for others. More would be kept from operators for no gain. */
const PREFETCH = 128;
/**
 * By a route that never waits: messages taken at once, units of work processed but not yet on disk, and messages left when
 * the next are asked for. A store writes and answers in batches of hundreds; with less it waits for the route half of its time.
 */
const PREFETCH_FAST = 512;
const UNCOMMITTED = 1024;
const LOW_WATER = 128;
const RETRY_TAKE_MS = 1000;
/** A backlog of synchronous work lets timers and sockets have their turn after so many messages. */
const BREATH = 1000;

export function createConsumer(parts: ConsumerParts): Consumer {
  const { subscription, clock, concurrency } = parts;
  let running = false;
  let pumping = false;
  let again = false;
  let active = 0;
  let uncommitted = 0;
  let buffer: readonly Delivery[] = [];
  let next = 0;
  /** What was asked for while the last ones were still being processed; only of a store that answers later. */
  let ahead: Promise<readonly Delivery[]> | undefined;
  let answersLater = false;
  /** Whether the last message had to wait for something. */
  let waits = false;
  let timer: Timer | undefined;
  /** Runs after a failure of the store, and until it has nothing is processed: what was given back would come again at once. */
  let rest: Timer | undefined;
  let idle: (() => void) | undefined;
  let drained: { readonly later: boolean; go(): void }[] = [];
  /** Takes nothing more, but goes on ending what it has taken. */
  let takesNothing = false;
  let sinceBreath = 0;

  const buffered = () => buffer.length - next;
  const mayProcess = () => running && !takesNothing && rest === undefined && active < concurrency && uncommitted < UNCOMMITTED;

  const isStill = () => !pumping && active === 0 && uncommitted === 0;
  const isQuiet = () => isStill() && buffered() === 0 && ahead === undefined;
  const isIdle = (later: boolean) => isQuiet() && (takesNothing || !later || (timer === undefined && rest === undefined));
  const settled = () => {
    const idleNow = drained.filter(({ later }) => isIdle(later));
    drained = drained.filter((one) => !idleNow.includes(one));
    for (const { go } of idleNow) go();
    if (!running && isStill()) idle?.();
  };

  const retryLater = (error: unknown, what: string) => {
    parts.log.log("error", what, {
      channel: subscription.channel,
      route: subscription.route,
      error: error instanceof Error ? error.message : String(error),
    });
    rest?.cancel();
    rest = clock.after(RETRY_TAKE_MS, () => {
      rest = undefined;
      pump();
    });
  };

  /** What was taken after a message that comes again is not to be processed before it. */
  const giveBack = (): void => {
    subscription.release(buffer.slice(next).map(({ ref }) => ref));
    buffer = [];
    next = 0;
    const asked = ahead;
    ahead = undefined;
    // A store that cannot answer has given nothing away.
    asked?.then(
      (late) => subscription.release(late.map(({ ref }) => ref)),
      () => undefined,
    );
  };

  const ended = (processed: Processed, delivery: Delivery) => {
    active -= 1;
    parts.gate?.leave();
    if (processed.isGivenBack === true) {
      takesNothing = true;
      giveBack();
    }
    if (processed.committed === undefined) return settled();
    uncommitted += 1;
    processed.committed.then(
      () => {
        uncommitted -= 1;
        if (running && uncommitted === UNCOMMITTED / 2) pump();
        settled();
      },
      (error: unknown) => {
        uncommitted -= 1;
        if (running) retryLater(error, "the outcome of a message could not be stored; it will be delivered again");
        subscription.release([delivery.ref]);
        giveBack();
        settled();
      },
    );
  };

  const processNext = (): boolean => {
    const delivery = buffer[next];
    if (delivery === undefined) return false;
    next += 1;
    active += 1;
    const processed = parts.process(delivery);
    waits = processed instanceof Promise;
    if (processed instanceof Promise) {
      void processed.then((result) => {
        ended(result, delivery);
        pump();
      });
    } else ended(processed, delivery);
    return true;
  };

  const take = (): readonly Delivery[] | Promise<readonly Delivery[]> => {
    const free = concurrency - active;
    if (!parts.prefetch) return subscription.take(Math.min(free, PREFETCH));
    return subscription.take(Math.max(1, Math.min(waits ? PREFETCH : PREFETCH_FAST, Math.max(free, UNCOMMITTED - uncommitted))));
  };

  const takeAhead = (): void => {
    if (!answersLater || waits || !parts.prefetch || ahead !== undefined || buffered() > LOW_WATER) return;
    const taken = take();
    if (!(taken instanceof Promise)) return;
    ahead = taken;
    // Whoever takes it over learns of a failure.
    ahead.catch(() => undefined);
  };

  const fill = async (): Promise<boolean> => {
    let deliveries: readonly Delivery[] = [];
    if (ahead !== undefined) {
      const asked = ahead;
      ahead = undefined;
      deliveries = await asked;
    }
    // What was not there then may have come.
    if (deliveries.length === 0 && running) {
      const taken = take();
      answersLater = taken instanceof Promise;
      deliveries = taken instanceof Promise ? await taken : taken;
    }
    if (!running) {
      subscription.release(deliveries.map((delivery) => delivery.ref));
      return false;
    }
    buffer = deliveries;
    next = 0;
    if (buffer.length > 0) return true;
    const due = await subscription.nextDue();
    timer?.cancel();
    const look = () => {
      timer = undefined;
      pump();
    };
    timer = due === undefined || !running ? undefined : clock.after(Math.max(0, due - clock.now()), look);
    return false;
  };

  const pumpOnce = async (): Promise<void> => {
    while (mayProcess()) {
      if (buffered() === 0 && !(await fill())) return;
      while (mayProcess() && buffered() > 0) {
        const entered = parts.gate?.enter();
        if (entered !== undefined) await entered;
        if (!mayProcess()) {
          parts.gate?.leave();
          return;
        }
        if (!processNext()) {
          parts.gate?.leave();
          break;
        }
        takeAhead();
        sinceBreath += 1;
        if (sinceBreath >= BREATH) {
          sinceBreath = 0;
          await sleep(clock, 0);
        }
      }
    }
  };

  const pump = (): void => {
    if (pumping) {
      again = true;
      return;
    }
    if (!running) return;
    pumping = true;
    pumpOnce()
      .catch((error: unknown) => retryLater(error, "the store could not be read"))
      .finally(() => {
        pumping = false;
        if (again && running) {
          again = false;
          pump();
        } else settled();
      });
  };

  return {
    subscription,
    start() {
      running = true;
      pump();
    },
    wake: pump,
    isIdle,
    async drain(later) {
      pump();
      if (!isIdle(later)) await new Promise<void>((go) => drained.push({ later, go }));
    },
    async stop() {
      running = false;
      timer?.cancel();
      rest?.cancel();
      if (!isStill()) await new Promise<void>((resolve) => (idle = resolve));
      const asked = ahead;
      ahead = undefined;
      // A store that cannot answer has given nothing away.
      const late = asked === undefined ? [] : await asked.catch(() => []);
      subscription.release(late.map((delivery) => delivery.ref));
      subscription.release(buffer.slice(next).map((delivery) => delivery.ref));
      buffer = [];
      next = 0;
    },
  };
}
