import type { Message, Reply } from "@portolan/core";
import type { Way } from "../../http/connection.ts";
import type { HttpAnswer } from "../../http-call.ts";
import type { OutgoingRequest } from "../../http/outgoing.ts";

/** How messages become requests, and answers replies. */
export interface CallPlan {
  /** What errors and logs call it. */
  readonly endpoint: string;
  readonly way: Way;
  /** Throws a PortolanError of kind `invalid` for a message that cannot be sent. `key` is the same on every attempt. */
  request(message: Message, key: string): OutgoingRequest | Promise<OutgoingRequest>;
  /** The reply of a successful answer. */
  reply(answer: HttpAnswer): Reply;
}
