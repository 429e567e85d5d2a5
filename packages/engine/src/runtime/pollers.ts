import { sleep, type Clock, type Message, type Subscription } from "@portolan/core";
import { arrived } from "./channel.ts";
import type { Execution } from "./execution.ts";
import type { Poll } from "./poll.ts";
import { whileRunning } from "./while-running.ts";

/** Takes single messages from channels, for steps that poll. */
export interface Pollers {
  /** Says at compile time that the channel is polled. */
  compile(channel: string): Poll;
  readonly channels: ReadonlySet<string>;
  attach(channel: string, subscription: Subscription): void;
  /** There may be something new. */
  wake(channel: string): void;
}

/** The name that polling steps read channels under. */
export const POLLER = "pollEnrich";

export function createPollers(clock: Clock, stopping: AbortSignal): Pollers {
  const channels = new Set<string>();
  const subscriptions = new Map<string, Subscription>();
  const waiting = new Map<string, Set<() => void>>();

  const wake = (channel: string): void => {
    for (const look of waiting.get(channel) ?? []) look();
  };

  /** Resolves when there may be something, or at the latest then. */
  const bell = async (channel: string, waitMs: number, signal: AbortSignal | undefined): Promise<void> => {
    const done = new AbortController();
    const looks = waiting.get(channel) ?? new Set();
    waiting.set(channel, looks);
    const rung = new Promise<void>((resolve) => {
      looks.add(resolve);
      done.signal.addEventListener("abort", () => looks.delete(resolve), { once: true });
    });
    const until = signal === undefined ? done.signal : AbortSignal.any([done.signal, signal]);
    try {
      await Promise.race([rung, sleep(clock, waitMs, until)]);
    } finally {
      done.abort();
    }
  };

  const poll = async (channel: string, waitMs: number, execution: Execution): Promise<Message | undefined> => {
    const subscription = subscriptions.get(channel);
    const deadline = clock.now() + waitMs;
    for (;;) {
      const [delivery] = (await subscription?.take(1)) ?? [];
      if (delivery !== undefined && subscription !== undefined) {
        const { ref } = delivery;
        const undo = () => {
          subscription.release([ref]);
          wake(channel);
        };
        // Undone, it is back at once; a commit that failed gives it back, too.
        execution.list.add({ kind: "pendingSettle", channel, ref }, { undo });
        execution.unit.listen({ ended: (committed) => (committed ? undefined : undo()) });
        return arrived(delivery.message);
      }
      const due = await subscription?.nextDue();
      const left = deadline - clock.now();
      if (left <= 0) return undefined;
      const pauseMs = Math.min(left, Math.max(1, (due ?? Infinity) - clock.now()));
      await whileRunning(execution, stopping, (signal) => bell(channel, pauseMs, signal));
    }
  };

  return {
    compile(channel) {
      channels.add(channel);
      return (waitMs, execution) => poll(channel, waitMs, execution);
    },
    channels,
    attach: (channel, subscription) => subscriptions.set(channel, subscription),
    wake,
  };
}
