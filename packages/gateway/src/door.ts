import type { DoorVersion } from "./door-version.ts";
import type { Exchange, ReplyHeaders } from "./exchange.ts";
import type { Problem } from "./problem.ts";

export const DOOR_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY"] as const;
export type DoorMethod = (typeof DOOR_METHODS)[number];

/** One method on one path of an HTTP host. A GET door answers HEAD as well, unless HEAD has a door of its own. */
export interface Door {
  readonly method: DoorMethod;
  /** Such as `/orders/:id`, `/files/{name}.pdf`, or `/files/*` for everything below; see `checkPath`. */
  readonly path: string;
  /** Who mounted it, such as a route's name; said when two doors collide. */
  readonly owner: string;
  /** Doors of one method and path have different versions, which requests name in the same place. */
  readonly version?: DoorVersion | undefined;
  /** Bytes of a request's body at the most; the host's limit unless given. */
  readonly maxBodyBytes?: number | undefined;
  /** How long the handler may take before the caller gets 504; the host's limit unless given. Infinity for replies without an end. */
  readonly timeoutMs?: number | undefined;
  /**
   * Answers one request. What it throws becomes a problem document; it never ends the process. A door that needs the whole
   * body first can answer with what goes on then: that costs a small request less than a promise of its body.
   */
  readonly handle: (exchange: Exchange) => Handled;
  /**
   * How callers are told of a problem, whoever finds it: the door, a policy or the host. The status stays what it is unless the
   * protocol says otherwise, and the problem's own headers, but for its media type, go along. Default: a problem document (RFC 9457).
   */
  readonly problem?: ((problem: Problem, exchange: Exchange) => WholeReply) | undefined;
  /**
   * Throws, with PORTOLAN_UNAUTHENTICATED as a rule, for a request that may not come in. Asked before limits count the caller and before
   * anything is remembered of it, but after CORS, so that pages can read the answer.
   */
  readonly admit?: ((exchange: Exchange) => void) | undefined;
  /** Of a GET door: requests for another protocol on their connection (Upgrade) come with `exchange.upgrade`. */
  readonly upgrades?: boolean | undefined;
  /** Answers a browser that asks before a request from another origin (a preflight), unless OPTIONS has a door of its own. */
  readonly preflight?: ((exchange: Exchange) => void) | undefined;
  /** Of a GET door that remembers replies: a request that changes something at an address of it has succeeded. */
  readonly forget?: ((address: ChangedAddress) => void) | undefined;
}

export type Handled = void | Promise<void> | OnBody;

/** Goes on with a request whose body has come. One of the two is called, once; what they throw is answered as above. */
export interface OnBody {
  body(bytes: Buffer): void | Promise<void>;
  /** The body will not come, and the caller has been or will be told so: there is only tidying up to be done. */
  lost(): void;
}

export interface ChangedAddress {
  readonly host: string;
  /** The path and the query, as they were sent. */
  readonly target: string;
}

export interface WholeReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string;
}
