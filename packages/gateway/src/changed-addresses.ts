import type { ChangedAddress } from "./door.ts";
import type { Exchange, ReplyHeaders } from "./exchange.ts";
import { replyHeader } from "./reply-headers.ts";

/** What a request that changes something has changed: its own address, and those of this host that its reply names (RFC 9111, section 4.4). */
export function changedAddresses({ origin, path, queryText }: Exchange, reply: ReplyHeaders): readonly ChangedAddress[] {
  const { host } = origin;
  const target = queryText === "" ? path : `${path}?${queryText}`;
  const named = ["location", "content-location"].flatMap((name) => {
    const text = replyHeader(reply, name);
    const base = `http://${host}${target}`;
    if (text === undefined || !URL.canParse(base) || !URL.canParse(text, base)) return [];
    const { host: place, pathname, search } = new URL(text, base);
    return place === new URL(base).host ? [{ host, target: pathname + search }] : [];
  });
  return [{ host, target }, ...named];
}
