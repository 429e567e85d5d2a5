import type { Message } from "@portolan/core";
import type { Execution } from "./execution.ts";

/**
 * A compiled step: takes the message and yields the next one, at once where nothing has to wait.
 * It throws (or rejects) to fail. After it, `execution.end` tells whether the list goes on.
 */
export type Step = (message: Message, execution: Execution) => Message | Promise<Message>;

/** Goes on with a value that may still have to come, without a promise if it is here. */
export function andThen<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
