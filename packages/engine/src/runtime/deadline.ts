import { asPortolanError, type Clock, type Message, type PortolanError } from "@portolan/core";
import type { Execution } from "./execution.ts";
import type { Step } from "./step.ts";

export interface Deadline {
  readonly message: Message;
  readonly execution: Execution;
  readonly clock: Clock;
  readonly afterMs: number;
  late(): PortolanError;
  /** Called when the block has really ended, in time or not. */
  ended?(): void;
}

/**
 * Runs a block that must end in time. Its effects join the unit of work only if it does; a late one is told to stop,
 * and what it still does is undone. A block that never waits cannot be late, and needs no timer.
 */
export function inTime(block: Step, deadline: Deadline): Message | Promise<Message> {
  const { execution, clock } = deadline;
  const cancel = new AbortController();
  const signal = execution.signal === undefined ? cancel.signal : AbortSignal.any([execution.signal, cancel.signal]);
  const began = clock.now();
  const inner = execution.part(signal);
  let running: Message | Promise<Message>;
  try {
    running = block(deadline.message, inner);
  } catch (thrown) {
    deadline.ended?.();
    undo(inner, execution);
    throw thrown;
  }
  if (running instanceof Promise) return raced(running, { ...deadline, inner, cancel, leftMs: deadline.afterMs - (clock.now() - began) });
  deadline.ended?.();
  join(inner, execution);
  return running;
}

interface Race extends Deadline {
  readonly inner: Execution;
  readonly cancel: AbortController;
  readonly leftMs: number;
}

async function raced(running: Promise<Message>, race: Race): Promise<Message> {
  const { execution, inner, cancel } = race;
  let timer: { cancel(): void } | undefined;
  const cut = new Promise<never>((_resolve, reject) => {
    timer = race.clock.after(Math.max(0, race.leftMs), () => {
      const error = race.late();
      cancel.abort(error);
      reject(error);
    });
  });
  running
    .catch((error: unknown) => asPortolanError(error))
    .finally(() => {
      race.ended?.();
      if (cancel.signal.aborted) inner.list.rollback(0);
    });
  try {
    const result = await Promise.race([running, cut]);
    join(inner, execution);
    return result;
  } catch (error) {
    undo(inner, execution);
    throw error;
  } finally {
    timer?.cancel();
  }
}

function join(inner: Execution, execution: Execution): void {
  if (inner.mark() > 0) execution.list.absorb(inner.list);
  execution.end = inner.end;
}

/** What is kept over failures joins the unit of work all the same. */
function undo(inner: Execution, execution: Execution): void {
  if (inner.mark() === 0) return;
  inner.list.rollback(0);
  execution.list.absorb(inner.list);
}
