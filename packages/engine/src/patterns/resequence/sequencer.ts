import type { Awaitable, Message } from "@portolan/core";
import type { Execution } from "../../runtime/execution.ts";

/** A message that comes to a resequencer, with the value it is ordered by. */
export interface Arrival {
  readonly value: unknown;
  readonly message: Message;
  readonly execution: Execution;
}

export interface Sequencer {
  add(arrival: Arrival): Awaitable<void>;
}
