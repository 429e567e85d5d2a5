import type { Awaitable } from "@portolan/core";
import type { ReplyHeaders } from "../exchange.ts";

export interface IdempotentReply {
  /** Of the request that it answers. */
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string | Uint8Array;
}

/** `begun`: the request is the first. `held`: the first is in process. `kept`: the first has been answered. */
export type Begun =
  | { readonly state: "begun"; readonly keep: (reply: IdempotentReply) => Awaitable<void>; readonly drop: () => void }
  | { readonly state: "held"; readonly fingerprint?: string }
  | { readonly state: "kept"; readonly reply: IdempotentReply };

/** Keys of requests, and the replies that are sent again. */
export interface IdempotentReplies {
  /** Of a request that begins, `keep` or `drop` is called once. */
  begin(key: string, fingerprint: string): Awaitable<Begun>;
}
