import { PortolanError, option, optional, withDefault, type OptionsOf } from "@portolan/core";
import type { Door, Handled } from "../door.ts";
import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { statusProblem } from "../problem.ts";
import { replyHeader, withHeader } from "../reply-headers.ts";
import { namesOf } from "./cache-control.ts";
import { choiceOf, createCacheStore, type CachedReply } from "./cache-store.ts";
import { collected } from "./collected-stream.ts";
import { conditionalOn, isSameContent, validatorsOf, withTag } from "./conditional.ts";
import { createCollapse, type Making, type Outcome } from "./collapse.ts";
import { detachedExchange } from "./detached-exchange.ts";
import { runDoor, type Replies } from "./exchange-view.ts";
import type { Policy, PolicyServices } from "./policy.ts";
import { useOf, wishesOf, type Wishes } from "./request-wishes.ts";
import { sendCached, sendReply } from "./send-cached.ts";
import { isPersonal, lifetimeOf, type Lifetime } from "./storable.ts";
import { storedHeaders, updatedHeaders } from "./stored-headers.ts";

export const cacheOptions = {
  ttl: optional(option.duration, "How long replies are fresh that do not say so themselves. Default: those are not fresh at all."),
  staleWhileRevalidate: withDefault(
    option.duration,
    0,
    "For so long after, a reply is still sent while a new one is being made, unless it says otherwise.",
  ),
  staleIfError: withDefault(
    option.duration,
    0,
    "For so long after, a reply is sent when the door fails (500, 502, 503, 504), unless it says otherwise.",
  ),
  vary: withDefault(
    option.listOf(option.name),
    ["accept"],
    "Request headers that lead to another reply, besides those that its Vary lists.",
  ),
  maxBytes: withDefault(
    option.bytes,
    64 * 1024 ** 2,
    "The size of all stored replies; beyond it those go first that were not asked for longest.",
  ),
  maxReply: withDefault(option.bytes, 1024 ** 2, "A reply of a larger body is not stored."),
};

export type CacheOptions = OptionsOf<typeof cacheOptions>;

const REVALIDATION_MS = 60_000;

/** One request that the door is asked for. */
interface Asking {
  readonly address: string;
  /** What is stored for it and may not be sent as it is. */
  readonly stored?: CachedReply | undefined;
  /** The door has been asked whether that is still right, and spoke of another. */
  readonly isMistaken?: boolean;
  readonly wishes: Wishes;
  /** Called when it has come to something. */
  readonly onEnd?: () => void;
}

/** A shared cache of replies to GET and HEAD (RFC 9111, RFC 5861) in the memory of the node. Requests at once are made one. */
export function responseCache(options: CacheOptions, { clock }: PolicyServices): Policy {
  const store = createCacheStore(options.maxBytes);
  const ownVary = options.vary.map((name) => name.toLowerCase());
  const collapse = createCollapse(clock);

  const varied = (headers: ReplyHeaders): ReplyHeaders => {
    const names = namesOf(replyHeader(headers, "vary"));
    const more = ownVary.filter((name) => !names.includes(name));
    return more.length === 0 ? headers : withHeader(headers, "vary", [...names, ...more].join(", "));
  };

  /** By what requests at once are one: what the address was chosen by when it was stored last. */
  const keyOf = (address: string, exchange: Exchange) =>
    `${address} ${[...choiceOf([...ownVary, ...store.choiceAt(address)], exchange).values()].join("\n")}`;

  /** Runs the door, and stores what it replies if that may be. */
  const make = (door: Door, exchange: Exchange, asking: Asking): Handled => {
    const { address, stored, wishes } = asking;
    const askedAt = clock.now();
    const validators = asking.isMistaken === true ? undefined : stored?.validators;
    const mine = collapse.begin(address, wishes.noStore || isPersonal(exchange) ? undefined : keyOf(address, exchange));
    const end = (outcome: Outcome) => {
      mine.end(outcome);
      asking.onEnd?.();
    };

    const lifetime = (status: number, headers: ReplyHeaders): Lifetime | undefined =>
      mine.isOutdated ? undefined : lifetimeOf(exchange, { status, headers, askedAt, now: clock.now() }, options);

    /** Stores a reply, and answers it as it is stored. */
    const keep = (reply: Pick<CachedReply, "status" | "headers" | "body" | "validators">, uses: Lifetime): CachedReply => {
      const chosenBy = choiceOf([...ownVary, ...uses.vary], exchange);
      const kept = { ...reply, lifetime: uses, chosenBy };
      store.put(address, kept);
      end(isFresh(kept) ? "stored" : "own");
      return kept;
    };

    const replies: Replies = {
      reply(status, bare, body) {
        const given = varied(bare);
        if (status === 304 && stored !== undefined && validators !== undefined) return revalidated(given, stored);
        if (sendsInstead(status)) return;
        const uses = tooLarge(body) ? undefined : lifetime(status, given);
        const headers = status === 200 ? withTag(given, body) : given;
        if (uses === undefined) {
          end(outcomeOf(status));
          return sendReply(exchange, { status, headers, body }, `fwd=${fwd}`);
        }
        keep({ status, headers: storedHeaders(headers), body, validators: validatorsOf(given) }, uses);
        sendReply(exchange, { status, headers, body }, `fwd=${fwd}; stored`);
      },
      async replyStream(status, bare, chunks) {
        const headers = varied(bare);
        if (sendsInstead(status)) return;
        const uses = exchange.method === "HEAD" || tooLong(headers) ? undefined : lifetime(status, headers);
        if (uses === undefined) {
          end(outcomeOf(status));
          return exchange.replyStream(status, headers, chunks);
        }
        const both = collected(chunks, options.maxReply);
        void both.whole.then((body) => {
          if (body === undefined || mine.isOutdated) end(exchange.open ? "own" : "gone");
          else keep({ status, headers: storedHeaders(headers), body, validators: validatorsOf(headers) }, uses);
        });
        await exchange.replyStream(status, headers, both.chunks);
      },
      fail(error) {
        if (error.kind !== "invalid" && error.kind !== "rejected" && sendsInstead(503)) return;
        end(exchange.open ? "failed" : "gone");
        exchange.fail(error);
      },
    };

    const fwd = stored === undefined ? (wishes.isRefresh ? "request" : "miss") : "stale";

    const revalidated = (newer: ReplyHeaders, before: CachedReply): void | Promise<void> => {
      if (!isSameContent(before.validators, newer)) {
        end("own");
        store.forget(address);
        return finish(make(door, exchange, { ...asking, isMistaken: true }));
      }
      const headers = updatedHeaders(before.headers, newer);
      const uses = lifetime(before.status, headers);
      const updated = { ...before, headers: storedHeaders(headers), validators: { ...before.validators, ...defined(validatorsOf(newer)) } };
      if (uses === undefined) {
        end("own");
        store.forget(address);
        return sendReply(exchange, updated, "fwd=stale; fwd-status=304");
      }
      sendCached(exchange, keep(updated, uses), { ageMs: clock.now() - uses.since, how: "fwd=stale; fwd-status=304; stored" });
    };

    /** Sends what is stored in place of a failure, if it may. */
    const sendsInstead = (status: number): boolean => {
      if (stored === undefined || !FAILURES.has(status) || stored.lifetime.mustRevalidate) return false;
      const ageMs = clock.now() - stored.lifetime.since;
      if (ageMs >= stored.lifetime.freshMs + Math.max(stored.lifetime.errorMs, wishes.errorMs ?? 0)) return false;
      end("failed");
      sendCached(exchange, stored, { ageMs, how: `hit; fwd=stale; fwd-status=${status}; detail=stale-if-error` });
      return true;
    };

    exchange.signal.addEventListener("abort", () => end("gone"), { once: true });
    return runDoor(door, exchange, { headers: conditionalOn(exchange.headers, validators), replies });
  };

  const isFresh = ({ lifetime }: CachedReply) => clock.now() - lifetime.since < lifetime.freshMs;
  const tooLarge = (body: string | Uint8Array) => body.length > options.maxReply;
  const tooLong = (headers: ReplyHeaders) => {
    const length = Number(replyHeader(headers, "content-length") ?? 0);
    // An event stream is never whole.
    return length > options.maxReply || /^text\/event-stream/i.test(replyHeader(headers, "content-type") ?? "");
  };

  const makeAnew = (door: Door, exchange: Exchange, asking: Asking) => {
    if (collapse.find(keyOf(asking.address, exchange)) !== undefined) return;
    const abort = new AbortController();
    const late = () => abort.abort(new PortolanError("PORTOLAN_TIMEOUT", "a stale reply was not made anew in time"));
    const timer = clock.after(Math.min(door.timeoutMs ?? Infinity, REVALIDATION_MS), late);
    // A failure is told by the first request that finds nothing it may have any more.
    void make(door, detachedExchange(exchange, abort.signal), { ...asking, onEnd: () => timer.cancel() });
  };

  /** Waits for the reply that is being made for another request; where that is not for others, or failed, each asks for itself. */
  const share = async (door: Door, exchange: Exchange, { other, asking }: { other: Making; asking: Asking }): Promise<void> => {
    const outcome = await other.outcome;
    if (outcome === "own" || outcome === "failed") return finish(make(door, exchange, asking));
    await finish(answer(door, exchange));
  };

  const answer = (door: Door, exchange: Exchange): Handled => {
    const wishes = wishesOf(exchange);
    const address = addressOf(exchange);
    const stored = wishes.noStore ? undefined : store.find(address, exchange);
    if (stored !== undefined) {
      const ageMs = clock.now() - stored.lifetime.since;
      const use = useOf(stored, ageMs, wishes);
      if (use !== "none") {
        sendCached(exchange, stored, { ageMs, how: use === "fresh" ? "hit" : "hit; detail=stale" });
        if (use === "staleMeanwhile" && exchange.method === "GET") makeAnew(door, exchange, { address, stored, wishes });
        return undefined;
      }
    }
    if (wishes.onlyIfCached) return exchange.sendProblem(statusProblem(504, "there is no stored reply", { requestId: exchange.id }));
    if (ownVary.length > 0 && (exchange.method === "HEAD" || exchange.headers["range"] !== undefined))
      exchange.addHeaders({ vary: ownVary.join(", ") });
    if (exchange.method === "HEAD") return head(door, exchange, { address, stored, wishes });
    if (exchange.headers["range"] !== undefined) return door.handle(exchange);
    const asking = { address, stored, wishes };
    const other = wishes.isRefresh || wishes.isParticular || isPersonal(exchange) ? undefined : collapse.find(keyOf(address, exchange));
    return other === undefined ? make(door, exchange, asking) : share(door, exchange, { other, asking });
  };

  /** What a HEAD brings is newer than what is stored of the same content (RFC 9111, section 4.3.5). */
  const head = (door: Door, exchange: Exchange, { address, stored }: Asking): Handled => {
    if (stored === undefined) return door.handle(exchange);
    const askedAt = clock.now();
    const update = (status: number, headers: ReplyHeaders) => {
      if (status !== 200 || stored.status !== 200) return;
      const newer = updatedHeaders(stored.headers, headers);
      const uses = lifetimeOf(exchange, { status, headers: newer, askedAt, now: clock.now() }, options);
      if (uses === undefined || !isSameContent(stored.validators, headers) || hasOtherLength(stored, headers)) return store.forget(address);
      store.put(address, { ...stored, headers: storedHeaders(newer), lifetime: uses });
    };
    return runDoor(door, exchange, {
      replies: {
        reply(status, headers, body) {
          update(status, headers);
          exchange.reply(status, headers, body);
        },
        replyStream(status, headers, chunks) {
          update(status, headers);
          return exchange.replyStream(status, headers, chunks);
        },
        fail: (error) => exchange.fail(error),
      },
    });
  };

  return (door) =>
    door.method === "GET"
      ? {
          ...door,
          handle(exchange) {
            return answer(door, exchange);
          },
          forget(place) {
            door.forget?.(place);
            const address = addressAt(place.host, place.target);
            store.forget(address);
            collapse.outdate(address);
          },
        }
      : door;
}

/** Statuses of a door that has failed (RFC 5861, section 4). */
const FAILURES = new Set([500, 502, 503, 504]);

/** Waiting for a reply that is not for others is in vain the next time, too. */
function outcomeOf(status: number): Outcome {
  return status >= 500 ? "failed" : "own";
}

function addressOf({ origin, path, queryText }: Exchange): string {
  return addressAt(origin.host, queryText === "" ? path : `${path}?${queryText}`);
}

function addressAt(host: string, target: string): string {
  return `${host.toLowerCase()} ${target}`;
}

function hasOtherLength({ body }: CachedReply, headers: ReplyHeaders): boolean {
  const length = replyHeader(headers, "content-length");
  return length !== undefined && Number(length) !== Buffer.byteLength(body);
}

function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** A GET has no body to wait for; where a door asks for one it gets nothing. */
async function finish(handled: Handled): Promise<void> {
  if (handled !== undefined && "body" in handled) await handled.body(Buffer.alloc(0));
  else await handled;
}
