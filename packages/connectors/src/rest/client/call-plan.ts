import type { Message, Reply } from "@portolan/core";
import type { Authorization } from "./authorized.ts";
import type { HttpAnswer } from "../../http-call.ts";
import type { OutgoingRequest } from "./outgoing.ts";

/** How messages become requests, and answers replies. */
export interface CallPlan {
  /** What errors and logs call it. */
  readonly endpoint: string;
  /** The addresses that may be asked; that of requests is the first of them. */
  readonly servers: readonly string[];
  readonly authorizations: readonly Authorization[];
  /** Throws a PortolanError of kind `invalid` for a message that cannot be sent. `key` is the same on every attempt. */
  request(message: Message, key: string): OutgoingRequest | Promise<OutgoingRequest>;
  /** The reply of a successful answer. */
  reply(answer: HttpAnswer): Reply;
}
