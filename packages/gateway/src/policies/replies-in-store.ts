import { randomUUID } from "node:crypto";
import { isRecord, type Clock } from "@portolan/core";
import type { ReplyHeaders } from "../exchange.ts";
import type { IdempotentReplies, IdempotentReply } from "./idempotent-replies.ts";
import type { PolicyStore } from "./policy.ts";

export interface StoredReplyPlace {
  readonly store: PolicyStore;
  readonly clock: Clock;
  readonly scope: string;
  readonly keepMs: number;
  /** Bodies beyond it are not kept. */
  readonly maxBytes: number;
}

/** How long a key stays held when its node dies. */
const LEASE_MS = 30_000;

/** Replies in a store, as the results of claimed keys. A reply is on the disk before the caller has it. */
export function repliesInStore({ store, clock, scope, keepMs, maxBytes }: StoredReplyPlace): IdempotentReplies {
  return {
    async begin(name) {
      const key = JSON.stringify(name);
      // Ids of requests are the callers' to choose, so that they are no owners.
      const owner = randomUUID();
      const answer = await store.claim({ scope, key, owner, leaseMs: LEASE_MS });
      if (answer.state === "held") return { state: "held" };
      if (answer.state === "kept") {
        const reply = readReply(answer.result);
        return reply === undefined ? { state: "held" } : { state: "kept", reply };
      }
      const stopRenewing = renewing(() => store.renew(owner, LEASE_MS), clock);
      const drop = () => {
        stopRenewing();
        store.unclaim(scope, key, owner);
      };
      return {
        state: "begun",
        drop,
        async keep(reply) {
          if (Buffer.byteLength(reply.body) > maxBytes) return drop();
          try {
            await store.commit([{ kind: "keepKey", scope, key, until: clock.now() + keepMs, result: writeReply(reply) }], "power-loss");
            stopRenewing();
          } catch {
            // The request has been dealt with, and its caller is to know. That the store cannot write is the node's to tell.
            drop();
          }
        },
      };
    },
  };
}

function renewing(renew: () => void, clock: Clock): () => void {
  let timer = clock.after(LEASE_MS / 3, again);
  function again(): void {
    renew();
    timer = clock.after(LEASE_MS / 3, again);
  }
  return () => timer.cancel();
}

function writeReply({ body, ...rest }: IdempotentReply) {
  return typeof body === "string" ? { ...rest, text: body } : { ...rest, base64: Buffer.from(body).toString("base64") };
}

/** Undefined for what was stored in another form. */
function readReply(stored: unknown): IdempotentReply | undefined {
  if (!isRecord(stored)) return undefined;
  const { fingerprint, status, headers, text, base64 } = stored;
  const body = typeof base64 === "string" ? Buffer.from(base64, "base64") : text;
  if (typeof fingerprint !== "string" || typeof status !== "number" || !isRecord(headers)) return undefined;
  if (typeof body !== "string" && !Buffer.isBuffer(body)) return undefined;
  // Written by `writeReply`, whose headers are those of a reply.
  return { fingerprint, status, headers: headers as ReplyHeaders, body };
}
