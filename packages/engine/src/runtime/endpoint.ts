import type { Message } from "@portolan/core";
import type { Execution } from "./execution.ts";

/** A target of a compiled route. */
export interface RunningEndpoint {
  /** Its address such as `channel:orders`, or "" if it is computed per message. */
  readonly address: string;
  /** Whether `call` yields a reply; a channel leaves the message as it is. */
  readonly replies: boolean;
  /** One-way. Resolves when the target took the message. */
  send(message: Message, execution: Execution): void | Promise<void>;
  /** With reply: the message with the reply as body; dropped results yield the body null. */
  call(message: Message, execution: Execution): Message | Promise<Message>;
}
