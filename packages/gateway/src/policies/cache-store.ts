import type { Exchange, ReplyHeaders } from "../exchange.ts";
import type { Validators } from "./conditional.ts";
import { createRecentMap } from "./recent-map.ts";
import type { Lifetime } from "./storable.ts";

export interface CachedReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string | Uint8Array;
  readonly lifetime: Lifetime;
  /** Of each header that the reply was chosen by, what the request had. */
  readonly chosenBy: ReadonlyMap<string, string>;
  /** Those that the door gave it. */
  readonly validators: Validators;
}

export interface CacheStore {
  find(address: string, exchange: Exchange): CachedReply | undefined;
  /** The names of the headers that the newest reply of an address was chosen by. */
  choiceAt(address: string): Iterable<string>;
  /** Takes the place of the reply to the same request. One that is too large for the cache is left out. */
  put(address: string, reply: CachedReply): void;
  forget(address: string): void;
}

/** What a reply takes besides its texts. */
const REPLY_BYTES = 512;

/** Replies of one address that are chosen by headers; the oldest go beyond it. */
const MAX_CHOICES = 100;

/** Replies in memory, up to a size; beyond it those go first whose address was not asked for longest. */
export function createCacheStore(maxBytes: number): CacheStore {
  // The newest reply of an address comes first.
  const addresses = createRecentMap<readonly CachedReply[]>();
  let bytes = 0;
  const forget = (address: string) => {
    for (const reply of addresses.get(address) ?? []) bytes -= sizeOf(address, reply);
    addresses.delete(address);
  };
  const set = (address: string, replies: readonly CachedReply[]) => {
    addresses.set(address, replies);
    for (const reply of replies) bytes += sizeOf(address, reply);
  };
  return {
    find(address, exchange) {
      const replies = addresses.get(address);
      // A name is looked up once, however many replies there are to choose from.
      const choices = new Map<string, string>();
      const found = replies?.find(({ chosenBy }) => isChosen(chosenBy, { exchange, choices }));
      if (replies === undefined || found === undefined) return undefined;
      addresses.set(address, replies);
      return found;
    },
    choiceAt: (address) => addresses.get(address)?.[0]?.chosenBy.keys() ?? [],
    put(address, reply) {
      const others = (addresses.get(address) ?? []).filter(({ chosenBy }) => !isSame(chosenBy, reply.chosenBy));
      forget(address);
      const size = sizeOf(address, reply);
      if (size > maxBytes) return;
      set(address, [reply, ...others.slice(0, MAX_CHOICES - 1)]);
      for (let one = addresses.oldest(); bytes > maxBytes && one !== undefined && one.key !== address; one = addresses.oldest())
        forget(one.key);
      if (bytes <= maxBytes) return;
      // This address alone is too large: its other replies go.
      forget(address);
      set(address, [reply]);
    },
    forget,
  };
}

/** What a request has of the headers that a reply was chosen by (RFC 9111, section 4.1). */
export function choiceOf(names: Iterable<string>, exchange: Exchange): ReadonlyMap<string, string> {
  return new Map([...new Set(names)].sort().map((name) => [name, choice(exchange, name)]));
}

function choice(exchange: Exchange, name: string): string {
  const value = exchange.headers[name];
  return value === undefined
    ? ""
    : String(value)
        .trim()
        .replaceAll(/\s*,\s*/g, ",");
}

interface Choosing {
  readonly exchange: Exchange;
  readonly choices: Map<string, string>;
}

function isChosen(chosenBy: ReadonlyMap<string, string>, { exchange, choices }: Choosing): boolean {
  for (const [name, value] of chosenBy) {
    const known = choices.get(name) ?? choice(exchange, name);
    choices.set(name, known);
    if (known !== value) return false;
  }
  return true;
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([name, value]) => other.get(name) === value);
}

function sizeOf(address: string, { body, headers, chosenBy }: CachedReply): number {
  let texts = address.length;
  for (const name in headers) texts += name.length + String(headers[name]).length;
  for (const [name, value] of chosenBy) texts += name.length + value.length;
  return REPLY_BYTES + 2 * texts + (typeof body === "string" ? 2 * body.length : body.byteLength);
}
