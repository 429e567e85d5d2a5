import type { Exchange, ReplyHeaders } from "../exchange.ts";
import type { Lifetime } from "./storable.ts";

export interface CachedReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string | Uint8Array;
  readonly lifetime: Lifetime;
  readonly since: number;
  /** Of each header that the reply was chosen by, what the request had. */
  readonly chosenBy: ReadonlyMap<string, string>;
}

export interface CacheStore {
  find(address: string, exchange: Exchange): CachedReply | undefined;
  /** Takes the place of the reply to the same request. One that is too large for the cache is left out. */
  put(address: string, reply: CachedReply): void;
  forget(address: string): void;
}

/** What a reply takes besides its body. */
const REPLY_BYTES = 1024;

/** Replies in memory, up to a size; beyond it those go first whose address was not asked for longest. */
export function createCacheStore(maxBytes: number): CacheStore {
  const addresses = new Map<string, CachedReply[]>();
  let bytes = 0;
  const forget = (address: string) => {
    for (const reply of addresses.get(address) ?? []) bytes -= sizeOf(reply);
    addresses.delete(address);
  };
  return {
    find(address, exchange) {
      const replies = addresses.get(address);
      const found = replies?.find(({ chosenBy }) => isChosen(chosenBy, exchange));
      if (replies === undefined || found === undefined) return undefined;
      addresses.delete(address);
      addresses.set(address, replies);
      return found;
    },
    put(address, reply) {
      const others = (addresses.get(address) ?? []).filter(({ chosenBy }) => !isSame(chosenBy, reply.chosenBy));
      forget(address);
      if (sizeOf(reply) > maxBytes) return;
      const all = [reply, ...others];
      addresses.set(address, all);
      for (const one of all) bytes += sizeOf(one);
      for (const oldest of addresses.keys()) {
        if (bytes <= maxBytes) return;
        if (oldest !== address) forget(oldest);
      }
      // This address alone is too large: its other replies go.
      if (bytes <= maxBytes) return;
      forget(address);
      addresses.set(address, [reply]);
      bytes += sizeOf(reply);
    },
    forget,
  };
}

/** What a request has of the headers that a reply was chosen by (RFC 9111, section 4.1). */
export function choiceOf(names: readonly string[], exchange: Exchange): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name, choice(exchange, name)]));
}

function choice(exchange: Exchange, name: string): string {
  const value = exchange.headers[name];
  return value === undefined ? "" : String(value).replaceAll(/\s*,\s*/g, ",");
}

function isChosen(chosenBy: ReadonlyMap<string, string>, exchange: Exchange): boolean {
  for (const [name, value] of chosenBy) if (choice(exchange, name) !== value) return false;
  return true;
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([name, value]) => other.get(name) === value);
}

function sizeOf({ body }: CachedReply): number {
  return REPLY_BYTES + (typeof body === "string" ? 2 * body.length : body.byteLength);
}
