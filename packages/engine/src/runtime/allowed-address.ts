import { wildcard } from "./policy.ts";

/**
 * Whether a computed connector address matches one of the patterns. Of an address with an authority (`https://host/path`)
 * the authority and the rest are matched apart, as a URL parser sees them, so that a `*` in one never reaches into the other.
 */
export function isAllowed(address: string, patterns: readonly string[]): boolean {
  const parts = partsOf(address);
  return patterns.some((pattern) => {
    const wanted = PATTERN.exec(pattern);
    if (parts === undefined || wanted === null) return parts === undefined && wanted === null && wildcard(pattern).test(address);
    const [, scheme = "", authority = "", rest = ""] = wanted;
    if (parts.authority.includes("@") && !authority.includes("@")) return false;
    return (
      wildcard(scheme.toLowerCase()).test(parts.scheme) &&
      wildcard(authority.toLowerCase()).test(parts.authority) &&
      wildcard(rest === "" ? "/" : rest).test(parts.rest)
    );
  });
}

const PATTERN = /^([a-z*][a-z0-9+.*-]*):\/\/([^/?#]*)(.*)$/is;

interface Parts {
  readonly scheme: string;
  readonly authority: string;
  readonly rest: string;
}

/** Undefined for an address without an authority. A login in it is matched only by a pattern that has one. */
function partsOf(address: string): Parts | undefined {
  if (!address.includes("://")) return undefined;
  if (!URL.canParse(address)) return { scheme: "", authority: "", rest: address };
  const url = new URL(address);
  const login = url.username !== "" || url.password !== "" ? `${url.username}:${url.password}@` : "";
  return {
    scheme: url.protocol.slice(0, -1),
    authority: login + url.host,
    rest: `${url.pathname === "" ? "/" : url.pathname}${url.search}${url.hash}`,
  };
}
