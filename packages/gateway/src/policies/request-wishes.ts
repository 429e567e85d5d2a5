import type { Exchange } from "../exchange.ts";
import { cacheControl, directiveMs } from "./cache-control.ts";
import type { CachedReply } from "./cache-store.ts";

/** What a request says of the stored replies that it may be answered with (RFC 9111, section 5.2.1). */
export interface Wishes {
  /** It wants no stored reply, or one only that the door has just said is still right. */
  readonly isRefresh: boolean;
  readonly noStore: boolean;
  readonly onlyIfCached: boolean;
  /** It wants a reply that is younger, or fresh for longer, than others may have. */
  readonly isParticular: boolean;
  readonly maxAgeMs: number;
  readonly minFreshMs: number;
  readonly maxStaleMs: number;
  /** It takes a stale reply in place of a failure. */
  readonly errorMs: number | undefined;
}

const NONE: Wishes = {
  isRefresh: false,
  noStore: false,
  onlyIfCached: false,
  isParticular: false,
  maxAgeMs: Infinity,
  minFreshMs: 0,
  maxStaleMs: 0,
  errorMs: undefined,
};

export function wishesOf({ headers }: Exchange): Wishes {
  const field = headers["cache-control"];
  if (field === undefined) return headers["pragma"] === undefined ? NONE : { ...NONE, isRefresh: isOldRefresh(headers["pragma"]) };
  const directives = cacheControl(field);
  const maxStale = directives.get("max-stale");
  return {
    isRefresh: directives.has("no-cache"),
    noStore: directives.has("no-store"),
    onlyIfCached: directives.has("only-if-cached"),
    isParticular: directives.has("max-age") || directives.has("min-fresh"),
    maxAgeMs: directiveMs(directives, "max-age") ?? Infinity,
    minFreshMs: directiveMs(directives, "min-fresh") ?? 0,
    // Without a value, of any age.
    maxStaleMs: maxStale === "" ? Infinity : (directiveMs(directives, "max-stale") ?? 0),
    errorMs: directiveMs(directives, "stale-if-error"),
  };
}

/** Section 5.4: for requests of HTTP/1.0. */
function isOldRefresh(pragma: string | readonly string[]): boolean {
  return cacheControl(pragma).has("no-cache");
}

/** Whether a stored reply of an age may be sent without asking the door: as it is, while a new one is made, or not. */
export function useOf({ lifetime }: CachedReply, ageMs: number, wishes: Wishes): "fresh" | "stale" | "staleMeanwhile" | "none" {
  const { freshMs, staleMs, mustRevalidate } = lifetime;
  if (wishes.isRefresh || ageMs > wishes.maxAgeMs || (ageMs === wishes.maxAgeMs && ageMs === 0)) return "none";
  if (ageMs < freshMs - wishes.minFreshMs) return "fresh";
  if (mustRevalidate) return "none";
  if (wishes.minFreshMs === 0 && ageMs < freshMs + wishes.maxStaleMs) return "stale";
  return !wishes.isParticular && ageMs < freshMs + staleMs ? "staleMeanwhile" : "none";
}
