import { PortolanError, option, optional, withDefault, type OptionsOf } from "@portolan/core";
import type { Door, Handled } from "../door.ts";
import type { Exchange, ReplyHeaders } from "../exchange.ts";
import { statusProblem } from "../problem.ts";
import { cacheControl, directiveMs } from "./cache-control.ts";
import { choiceOf, createCacheStore, type CachedReply } from "./cache-store.ts";
import { headersOfKnown, isKnown, unconditional, withTag } from "./conditional.ts";
import { detachedExchange } from "./detached-exchange.ts";
import { runDoor, type Replies } from "./exchange-view.ts";
import type { Policy, PolicyServices } from "./policy.ts";
import { lifetimeOf } from "./storable.ts";

export const cacheOptions = {
  ttl: optional(option.duration, "How long replies are fresh that do not say so themselves. Default: those are not stored."),
  staleWhileRevalidate: withDefault(
    option.duration,
    0,
    "For so long after, a reply is still sent while a new one is being made, unless it says otherwise.",
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
};

export type CacheOptions = OptionsOf<typeof cacheOptions>;

/** What the first of several requests at once came to: a reply for all, none that others may have, an error, or a caller who left. */
type Outcome = "stored" | "own" | "gone" | PortolanError;

interface Making {
  readonly address: string;
  readonly outcome: Promise<Outcome>;
  /** Set when the address was changed meanwhile: what is being made may be out of date. */
  isOutdated: boolean;
}

const REVALIDATION_MS = 60_000;

/** A shared cache of replies to GET and HEAD (RFC 9111, RFC 5861) in the memory of the node. Requests at once are made one. */
export function responseCache(options: CacheOptions, { clock }: PolicyServices): Policy {
  const store = createCacheStore(options.maxBytes);
  // All that is being made, and, by request, what others may wait for.
  const inProcess = new Set<Making>();
  const making = new Map<string, Making>();
  const ownVary = options.vary.map((name) => name.toLowerCase());

  const addressOf = ({ headers, path, queryText }: Exchange) => `${String(headers["host"])} ${path}?${queryText}`;

  /** Runs the door, and stores what it replies if that may be. */
  const make = (door: Door, exchange: Exchange, come: (outcome: Outcome) => void): Handled => {
    const address = addressOf(exchange);
    const key = keyOf(address, exchange);
    const { promise: outcome, resolve } = Promise.withResolvers<Outcome>();
    const mine: Making = { address, outcome, isOutdated: false };
    inProcess.add(mine);
    if (!making.has(key) && !isPersonal(exchange)) making.set(key, mine);
    const end = (result: Outcome) => {
      inProcess.delete(mine);
      if (making.get(key) === mine) making.delete(key);
      resolve(result);
      come(result);
    };
    const replies: Replies = {
      reply(status, given, body) {
        const now = clock.now();
        const lifetime = mine.isOutdated ? undefined : lifetimeOf(exchange, { status, headers: given, now }, options);
        const headers = status === 200 ? withTag(given, body) : given;
        if (lifetime !== undefined) {
          const chosenBy = choiceOf([...new Set([...ownVary, ...lifetime.vary])].sort(), exchange);
          store.put(address, { status, headers, body, lifetime, since: now - lifetime.ageMs, chosenBy });
        }
        end(lifetime === undefined ? "own" : "stored");
        send(exchange, {
          status,
          headers: { ...headers, "cache-status": `${NAME}; fwd=miss${lifetime === undefined ? "" : "; stored"}` },
          body,
        });
      },
      replyStream(status, headers, chunks) {
        end("own");
        return exchange.replyStream(status, headers, chunks);
      },
      fail(error) {
        end(exchange.open ? error : "gone");
        exchange.fail(error);
      },
    };
    exchange.signal.addEventListener("abort", () => end("gone"), { once: true });
    return runDoor(door, exchange, { headers: unconditional(exchange.headers), replies });
  };

  const keyOf = (address: string, exchange: Exchange) => `${address} ${[...choiceOf(ownVary, exchange).values()].join("\n")}`;

  const makeAnew = (door: Door, exchange: Exchange) => {
    if (making.has(keyOf(addressOf(exchange), exchange))) return;
    const abort = new AbortController();
    const late = () => abort.abort(new PortolanError("PORTOLAN_TIMEOUT", "a stale reply was not made anew in time"));
    const timer = clock.after(door.timeoutMs ?? REVALIDATION_MS, late);
    // A failure is told by the first request that finds nothing it may have any more.
    void make(door, detachedExchange(exchange, abort.signal), () => timer.cancel());
  };

  /** Waits for the reply that is being made for another request. */
  const share = async (door: Door, exchange: Exchange, other: Making): Promise<void> => {
    const outcome = await other.outcome;
    if (outcome instanceof PortolanError && outcome.kind === "transient") return exchange.fail(outcome);
    // Other errors may be about headers that this request does not have.
    if (outcome === "own" || outcome instanceof PortolanError) return finish(make(door, exchange, () => {}));
    await finish(answer(door, exchange));
  };

  const answer = (door: Door, exchange: Exchange): Handled => {
    const wanted = cacheControl(exchange.headers["cache-control"]);
    const address = addressOf(exchange);
    const found = store.find(address, exchange);
    const isRefresh = wanted.has("no-cache") || (wanted.size === 0 && exchange.headers["pragma"] === "no-cache");
    if (found !== undefined && !isRefresh && !wanted.has("no-store")) {
      const ageMs = clock.now() - found.since;
      const oldest = Math.min(found.lifetime.freshMs - (directiveMs(wanted, "min-fresh") ?? 0), directiveMs(wanted, "max-age") ?? Infinity);
      if (ageMs < oldest) return send(exchange, aged(found, ageMs, "hit"));
      const isLenient = !wanted.has("max-age") && !wanted.has("min-fresh");
      if (isLenient && ageMs < found.lifetime.freshMs + found.lifetime.staleMs) {
        send(exchange, aged(found, ageMs, "hit; detail=stale"));
        return exchange.method === "GET" ? makeAnew(door, exchange) : undefined;
      }
    }
    if (wanted.has("only-if-cached"))
      return exchange.sendProblem(statusProblem(504, "there is no stored reply", { requestId: exchange.id }));
    if (exchange.method === "HEAD") return door.handle(exchange);
    const other = making.get(keyOf(address, exchange));
    if (other === undefined || isRefresh || isPersonal(exchange)) return make(door, exchange, () => {});
    return share(door, exchange, other);
  };

  return (door) =>
    door.method === "GET"
      ? {
          ...door,
          handle(exchange) {
            if (ownVary.length > 0) exchange.addHeaders({ vary: ownVary.join(", ") });
            return exchange.headers["range"] === undefined ? answer(door, exchange) : door.handle(exchange);
          },
          forget(exchange) {
            const address = addressOf(exchange);
            store.forget(address);
            for (const one of inProcess) if (one.address === address) one.isOutdated = true;
          },
        }
      : door;
}

const NAME = "portolan";

function isPersonal({ headers }: Exchange): boolean {
  return headers["authorization"] !== undefined || headers["cookie"] !== undefined;
}

function aged({ status, headers, body }: CachedReply, ageMs: number, how: string): Sent {
  return { status, headers: { ...headers, age: Math.floor(ageMs / 1000), "cache-status": `${NAME}; ${how}` }, body };
}

interface Sent {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string | Uint8Array;
}

function send(exchange: Exchange, { status, headers, body }: Sent): void {
  if (status === 200 && isKnown(exchange, headers)) exchange.reply(304, headersOfKnown(headers));
  else exchange.reply(status, headers, body);
}

/** A GET has no body to wait for; where a door asks for one it gets nothing. */
async function finish(handled: Handled): Promise<void> {
  if (handled !== undefined && "body" in handled) await handled.body(Buffer.alloc(0));
  else await handled;
}
