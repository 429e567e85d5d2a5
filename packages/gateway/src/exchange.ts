import type { Duplex } from "node:stream";
import type { PortolanError } from "@portolan/core";
import type { Problem } from "./problem.ts";
import type { CallerOrigin } from "./caller-origin.ts";

export type ReplyHeaders = Readonly<Record<string, string | number | readonly string[]>>;

/** One request and its reply, without Node's classes, so that every kind of door and policy can share it. */
export interface Exchange {
  /** Names the request in logs, in problem documents and in the reply's `x-request-id`: the caller's own id if it sent a sound one. */
  readonly id: string;
  readonly method: string;
  /** The path as it was sent, still encoded. */
  readonly path: string;
  /** The address of the caller: the other end of the connection, or who is behind it if that is a trusted proxy; empty if it has gone. */
  readonly callerAddress: string;
  /** Where the request comes from, for whoever passes it on. */
  readonly origin: CallerOrigin;
  /** The parameters of the door's path pattern, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>;
  /** What follows the `?`, as it was sent. */
  readonly queryText: string;
  /** The query, decoded; a name that occurs more than once has a list. */
  readonly query: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Whether there is a body to be read; it may turn out to be empty. */
  readonly hasBody: boolean;
  /** Aborted, with a PortolanError as reason, when the caller has gone, the time is over or the host ends. */
  readonly signal: AbortSignal;
  /** Calls back when `signal` would be aborted, or at once if it was. One callback at a time; measured, the signal costs a request 2 µs more. */
  whenStopped(callback: ((reason: PortolanError) => void) | undefined): void;
  /** Whether a reply can still be sent. Replies to a caller who has gone, or has been told that the time is over, are dropped. */
  readonly open: boolean;

  /**
   * The whole body. Rejects with PORTOLAN_BODY_TOO_LARGE as soon as the limit of the door is known to be passed, and with
   * PORTOLAN_CALLER_GONE if the caller leaves. To be called once.
   */
  readBody(): Promise<Buffer>;
  /**
   * The body as its chunks come, in place of `readBody`, with the same errors; one that says itself that it is too large is refused at once. The caller waits while no chunk is asked for; one that
   * expects `100 Continue` gets it when the first is.
   */
  streamBody(): AsyncIterable<Uint8Array>;
  /** Of a request that asks for another protocol on its connection: accepts that. */
  readonly upgrade?: ((headers: ReplyHeaders) => Duplex) | undefined;
  /** Headers that whatever reply comes will have besides its own, a problem document as well; ignored once it has begun. */
  addHeaders(headers: ReplyHeaders): void;
  /** Fields that follow a streamed reply, where the protocol has room for them (RFC 9110, section 6.5); to be given before it ends. */
  addTrailers(trailers: ReplyHeaders): void;
  /** Sends the reply. `content-length` and `x-request-id` are added. Text is sent as UTF-8. */
  reply(status: number, headers: ReplyHeaders, body?: string | Uint8Array): void;
  /** Sends a reply whose chunks come as they are made; waits while the caller is slow. Resolves when all was handed over. */
  replyStream(status: number, headers: ReplyHeaders, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Tells the caller of a problem in the door's own format, with headers beside those that the problem has itself. */
  sendProblem(problem: Problem, more?: ReplyHeaders): void;
  /** Tells the caller of an error as the problem that it is. */
  fail(error: PortolanError): void;
}
