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
 * and what it still does is undone.
 */
export async function inTime(block: Step, deadline: Deadline): Promise<Message> {
  const { execution, clock } = deadline;
  const cancel = new AbortController();
  const signal = execution.signal === undefined ? cancel.signal : AbortSignal.any([execution.signal, cancel.signal]);
  const inner = execution.part(signal);
  let timer: { cancel(): void } | undefined;
  const cut = new Promise<never>((_resolve, reject) => {
    timer = clock.after(deadline.afterMs, () => {
      const error = deadline.late();
      cancel.abort(error);
      reject(error);
    });
  });
  const run = (async () => block(deadline.message, inner))();
  run
    .catch((error: unknown) => asPortolanError(error))
    .finally(() => {
      deadline.ended?.();
      if (cancel.signal.aborted) inner.list.rollback(0);
    });
  try {
    const result = await Promise.race([run, cut]);
    execution.list.absorb(inner.list);
    execution.end = inner.end;
    return result;
  } catch (error) {
    inner.list.rollback(0);
    execution.list.absorb(inner.list);
    throw error;
  } finally {
    timer?.cancel();
  }
}
