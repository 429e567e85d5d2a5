import { createHash } from "node:crypto";
import { option, withDefault, type OptionsOf } from "@portolan/core";
import type { Door, OnBody } from "../door.ts";
import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { statusProblem } from "../problem.ts";
import { runDoor } from "./exchange-view.ts";
import type { Policy, PolicyServices } from "./policy.ts";

export const idempotencyOptions = {
  header: withDefault(option.name, "idempotency-key", "The header that is the same whenever a caller sends the same request again."),
  required: withDefault(option.boolean, false, "Whether requests without it are refused with 400."),
  keep: withDefault(option.duration, 86_400_000, "How long a reply is kept to be sent again."),
  maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "The bodies of all replies that are kept; beyond it the oldest go first."),
};

export type IdempotencyOptions = OptionsOf<typeof idempotencyOptions>;

interface StoredReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string | Uint8Array;
}

interface Entry {
  readonly fingerprint: string;
  readonly since: number;
  /** Undefined while the first request is in process. */
  reply?: StoredReply;
}

const UNSAFE = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * A request that changes something and comes again with its key is answered with the reply of the first time, and reaches the
 * door once (draft-ietf-httpapi-idempotency-key-header): 409 while the first is in process, 422 if it is another request.
 * What failed is not kept, so that it can be tried again. Replies are in the memory of the node: a restart forgets them,
 * and the route's own `idempotent` step does not.
 */
export function idempotency(options: IdempotencyOptions, { clock }: PolicyServices): Policy {
  const replies = createKeptReplies(options);
  const header = options.header.toLowerCase();

  const answer = (door: Door, exchange: Exchange, { scope, body }: { readonly scope: string; readonly body: Buffer }) => {
    const now = clock.now();
    const fingerprint = hash([exchange.method, exchange.path, exchange.queryText, String(exchange.headers["content-type"]), body]);
    const known = replies.get(scope, now);
    if (known !== undefined) return answerAgain(exchange, known, fingerprint);
    const entry: Entry = { fingerprint, since: now };
    replies.begin(scope, entry);
    // The door is run in one go, since its body is there.
    return runDoor(door, exchange, {
      body,
      replies: {
        reply(status, headers, content) {
          if (mayBeTriedAgain(status)) replies.drop(scope, entry);
          else replies.keep(scope, entry, { status, headers, body: content });
          exchange.reply(status, headers, content);
        },
        async replyStream(status, headers, chunks) {
          try {
            await exchange.replyStream(status, headers, chunks);
          } finally {
            replies.drop(scope, entry);
          }
        },
        fail(error) {
          replies.drop(scope, entry);
          exchange.fail(error);
        },
      },
    }) as ReturnType<OnBody["body"]>;
  };

  return (door) =>
    UNSAFE.has(door.method)
      ? {
          ...door,
          handle(exchange) {
            const key = exchange.headers[header];
            if (key === undefined && !options.required) return door.handle(exchange);
            if (typeof key !== "string" || key === "" || key.length > 256)
              return refuse(exchange, 400, `the request needs one header ${header} of up to 256 characters`);
            const scope = scopeOf(exchange, key);
            const body = (bytes: Buffer) => answer(door, exchange, { scope, body: bytes });
            return exchange.hasBody ? { body, lost() {} } : body(NOTHING);
          },
        }
      : door;
}

const NOTHING = Buffer.alloc(0);

function answerAgain(exchange: Exchange, known: Entry, fingerprint: string): void {
  if (known.fingerprint !== fingerprint) return refuse(exchange, 422, "this idempotency key came before with another request");
  if (known.reply === undefined) return refuse(exchange, 409, "the request of this idempotency key is still in process");
  const { status, headers, body } = known.reply;
  exchange.reply(status, { ...headers, "idempotency-replayed": "true" }, body);
}

function refuse(exchange: Exchange, status: number, why: string): void {
  exchange.sendProblem(statusProblem(status, why, { requestId: exchange.id }), status === 409 ? { "retry-after": 1 } : {});
}

function mayBeTriedAgain(status: number): boolean {
  return status >= 500 || status === 408 || status === 409 || status === 425 || status === 429;
}

/** Keys are the caller's own: who sends other credentials is another caller, and never sees the replies of this one. */
function scopeOf(exchange: Exchange, key: string): string {
  const { authorization, cookie, "x-api-key": apiKey } = exchange.headers;
  return hash([String(authorization), String(cookie), String(apiKey), key]);
}

function hash(parts: readonly (string | Buffer)[]): string {
  const all = createHash("sha256");
  // Lengths, so that no two lists of parts run together to the same.
  for (const part of parts) all.update(`${Buffer.byteLength(part)}:`).update(part);
  return all.digest("base64url");
}

interface KeptReplies {
  get(scope: string, now: number): Entry | undefined;
  begin(scope: string, entry: Entry): void;
  keep(scope: string, entry: Entry, reply: StoredReply): void;
  drop(scope: string, entry: Entry): void;
}

/** What an entry takes besides its body. */
const ENTRY_BYTES = 512;

function createKeptReplies({ keep: keepMs, maxBytes }: IdempotencyOptions): KeptReplies {
  // In the order in which they began, so that those out of time are in front.
  const entries = new Map<string, Entry>();
  let bytes = 0;
  const sizeOf = ({ reply }: Entry) => ENTRY_BYTES + (reply === undefined ? 0 : Buffer.byteLength(reply.body));
  const remove = (scope: string, entry: Entry) => {
    if (entries.get(scope) !== entry) return;
    entries.delete(scope);
    bytes -= sizeOf(entry);
  };
  const makeRoom = () => {
    for (const [scope, entry] of entries) {
      if (bytes <= maxBytes) return;
      if (entry.reply !== undefined) remove(scope, entry);
    }
  };
  return {
    get(scope, now) {
      for (const [old, entry] of entries) {
        if (entry.since + keepMs > now) break;
        remove(old, entry);
      }
      return entries.get(scope);
    },
    begin(scope, entry) {
      entries.set(scope, entry);
      bytes += sizeOf(entry);
    },
    keep(scope, entry, reply) {
      if (entries.get(scope) !== entry) return;
      bytes -= sizeOf(entry);
      entry.reply = reply;
      bytes += sizeOf(entry);
      makeRoom();
    },
    drop: remove,
  };
}
