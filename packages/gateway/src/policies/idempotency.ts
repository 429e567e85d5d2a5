import { createHash } from "node:crypto";
import { option, withDefault, type OptionsOf } from "@portolan/core";
import type { Door, OnBody } from "../door.ts";
import type { Exchange } from "../exchange.ts";
import { statusProblem } from "../problem.ts";
import { runDoor } from "./exchange-view.ts";
import type { Begun, IdempotentReplies, IdempotentReply } from "./idempotent-replies.ts";
import { keepInOption, storeFor } from "./keep-in.ts";
import type { Policy, PolicyContext } from "./policy.ts";
import { repliesInMemory } from "./replies-in-memory.ts";
import { repliesInStore } from "./replies-in-store.ts";

export const idempotencyOptions = {
  header: withDefault(option.name, "idempotency-key", "The header that is the same whenever a caller sends the same request again."),
  required: withDefault(option.boolean, false, "Whether requests without it are refused with 400."),
  keep: withDefault(option.duration, 86_400_000, "How long a reply is kept to be sent again."),
  keepIn: keepInOption("replies are", "the store"),
  maxBytes: withDefault(
    option.bytes,
    64 * 1024 ** 2,
    "In memory the bodies of all replies that are kept; beyond it the oldest go first. In the store that of one reply; a larger one is not kept.",
  ),
};

export type IdempotencyOptions = OptionsOf<typeof idempotencyOptions>;

const UNSAFE = new Set(["POST", "PUT", "PATCH", "DELETE"]);

/**
 * A request that changes something and comes again with its key is answered with the reply of the first time, and reaches the
 * door once (draft-ietf-httpapi-idempotency-key-header): 409 while the first is in process, 422 if it is another request.
 * What failed is not kept, so that it can be tried again. Nor is what a node had in process when it died: what must not
 * happen twice even then, the route's own `idempotent` step sees to, in the unit of work.
 */
export function idempotency(options: IdempotencyOptions, context: PolicyContext): Policy {
  const replies = repliesOf(options, context);
  const header = options.header.toLowerCase();

  const run = (door: Door, exchange: Exchange, { begun, fingerprint, body }: FirstRequest) =>
    // The door is run in one go, since its body is there.
    runDoor(door, exchange, {
      body,
      replies: {
        reply(status, headers, content) {
          const send = () => exchange.reply(status, headers, content);
          if (mayBeTriedAgain(status)) begun.drop();
          else {
            const kept = begun.keep({ fingerprint, status, headers, body: content });
            if (kept !== undefined) return kept.then(send);
          }
          send();
        },
        async replyStream(status, headers, chunks) {
          try {
            await exchange.replyStream(status, headers, chunks);
          } finally {
            begun.drop();
          }
        },
        fail(error) {
          begun.drop();
          exchange.fail(error);
        },
      },
    }) as ReturnType<OnBody["body"]>;

  const answer = (door: Door, exchange: Exchange, { key, body }: KeyedRequest): void | Promise<void> => {
    const fingerprint = hash([exchange.method, exchange.path, exchange.queryText, String(exchange.headers["content-type"]), body]);
    const goOn = (begun: Begun) => {
      if (begun.state === "begun") return run(door, exchange, { begun, fingerprint, body });
      const first = begun.state === "kept" ? begun.reply.fingerprint : begun.fingerprint;
      if (first !== undefined && first !== fingerprint)
        return refuse(exchange, 422, "this idempotency key came before with another request");
      if (begun.state === "held") return refuse(exchange, 409, "the request of this idempotency key is still in process");
      replay(exchange, begun.reply);
    };
    const begun = replies.begin(key, fingerprint);
    return begun instanceof Promise ? begun.then(goOn) : goOn(begun);
  };

  return (door) =>
    UNSAFE.has(door.method)
      ? {
          ...door,
          handle(exchange) {
            const given = exchange.headers[header];
            if (given === undefined && !options.required) return door.handle(exchange);
            if (typeof given !== "string" || given === "" || given.length > 256)
              return refuse(exchange, 400, `the request needs one header ${header} of up to 256 characters`);
            const key = keyOf(exchange, given);
            const body = (bytes: Buffer) => answer(door, exchange, { key, body: bytes });
            return exchange.hasBody ? { body, lost() {} } : body(NOTHING);
          },
        }
      : door;
}

interface KeyedRequest {
  readonly key: string;
  readonly body: Buffer;
}

interface FirstRequest {
  readonly begun: Extract<Begun, { readonly state: "begun" }>;
  readonly fingerprint: string;
  readonly body: Buffer;
}

const NOTHING = Buffer.alloc(0);

function repliesOf({ keep: keepMs, keepIn, maxBytes }: IdempotencyOptions, context: PolicyContext): IdempotentReplies {
  const { clock, name } = context;
  const store = storeFor(keepIn ?? (context.store === undefined ? "memory" : "store"), context);
  if (store === undefined) return repliesInMemory({ keepMs, maxBytes, clock });
  return repliesInStore({ store, clock, scope: `http idempotency ${name}`, keepMs, maxBytes });
}

function replay(exchange: Exchange, { status, headers, body }: IdempotentReply): void {
  exchange.reply(status, { ...headers, "idempotency-replayed": "true" }, body);
}

function refuse(exchange: Exchange, status: number, why: string): void {
  exchange.sendProblem(statusProblem(status, why, { requestId: exchange.id }), status === 409 ? { "retry-after": 1 } : {});
}

function mayBeTriedAgain(status: number): boolean {
  return status >= 500 || status === 408 || status === 409 || status === 425 || status === 429;
}

/** Keys are the caller's own: who sends other credentials is another caller, and never sees the replies of this one. */
function keyOf(exchange: Exchange, given: string): string {
  const { authorization, cookie, "x-api-key": apiKey } = exchange.headers;
  return hash([String(authorization), String(cookie), String(apiKey), given]);
}

function hash(parts: readonly (string | Buffer)[]): string {
  const all = createHash("sha256");
  // Lengths, so that no two lists of parts run together to the same.
  for (const part of parts) all.update(`${Buffer.byteLength(part)}:`).update(part);
  return all.digest("base64url");
}
