import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { createNetworks } from "./networks.ts";

/** Where a request comes from, as far as that is known for sure. */
export interface CallerOrigin {
  /** The address of the caller; empty if it has gone. */
  readonly address: string;
  /** All addresses on the way, the caller's own claim first and the other end of the connection last. */
  readonly chain: readonly string[];
  readonly scheme: "http" | "https";
  /** The host that the caller asked for. */
  readonly host: string;
}

export type OriginFinder = (request: IncomingMessage) => CallerOrigin;

/**
 * Reads `Forwarded` (RFC 7239), or else `X-Forwarded-For`, `-Proto` and `-Host`, of requests whose connection comes from a trusted
 * proxy. The caller is the last address that is none of those: what stands before it was written by the caller itself.
 */
export function createOriginFinder(trustedProxies: readonly string[]): OriginFinder {
  if (trustedProxies.length === 0) return directOrigin;
  const isTrusted = createNetworks(trustedProxies);
  return (request) => {
    const direct = directOrigin(request);
    if (!isTrusted(direct.address)) return direct;
    const claimed = claimsOf(request);
    const chain = [...claimed.chain, direct.address];
    let address = direct.address;
    for (const one of chain.toReversed()) {
      // Beyond a name or a placeholder nothing is known.
      if (isIP(one) === 0) break;
      address = one;
      if (!isTrusted(one)) break;
    }
    return { address, chain, scheme: claimed.scheme ?? direct.scheme, host: claimed.host ?? direct.host };
  };
}

function directOrigin(request: IncomingMessage): CallerOrigin {
  const { socket } = request;
  const address = socket.remoteAddress ?? "";
  return { address, chain: [address], scheme: isEncrypted(socket) ? "https" : "http", host: request.headers.host ?? "" };
}

function isEncrypted(socket: object): boolean {
  return "encrypted" in socket && socket.encrypted === true;
}

interface Claims {
  readonly chain: readonly string[];
  readonly scheme: "http" | "https" | undefined;
  readonly host: string | undefined;
}

function claimsOf({ headers }: IncomingMessage): Claims {
  const { forwarded } = headers;
  if (forwarded !== undefined) {
    const hops = forwarded.split(",").map(readHop);
    return {
      chain: hops.map(({ for: address }) => plainAddress(address ?? "unknown")),
      scheme: schemeOf(hops[0]?.proto),
      host: hops[0]?.host,
    };
  }
  return {
    chain: listed(headers["x-forwarded-for"]).map(plainAddress),
    scheme: schemeOf(listed(headers["x-forwarded-proto"])[0]),
    host: listed(headers["x-forwarded-host"])[0],
  };
}

function listed(value: string | string[] | undefined): readonly string[] {
  return String(value ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** The pairs of one element of `Forwarded`; quotes are taken off. */
function readHop(text: string): { readonly for?: string; readonly proto?: string; readonly host?: string } {
  const pairs = text.split(";").map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [
      name.trim().toLowerCase(),
      value
        .join("=")
        .trim()
        .replace(/^"(.*)"$/, "$1"),
    ] as const;
  });
  return Object.fromEntries(pairs.filter(([name]) => name === "for" || name === "proto" || name === "host"));
}

/** Without port and brackets. */
function plainAddress(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1];
  if (bracketed !== undefined) return bracketed;
  const [address = "", port, ...more] = text.split(":");
  return port !== undefined && more.length === 0 ? address : text;
}

function schemeOf(text: string | undefined): "http" | "https" | undefined {
  const scheme = text?.toLowerCase();
  return scheme === "http" || scheme === "https" ? scheme : undefined;
}
