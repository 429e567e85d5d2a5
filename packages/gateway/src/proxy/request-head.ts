import type { Exchange } from "../exchange.ts";
import { connectionFields, HOP_BY_HOP } from "./hop-by-hop.ts";
import type { ProxyOptions } from "./proxy-options.ts";

/** Made anew, or by the connection, for every hop. */
const MADE_HERE = new Set([
  "host",
  "expect",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-request-id",
  "via",
]);

export type RequestHead = (exchange: Exchange, hasBody: boolean) => string[];

/** The headers of the request that goes to a target, as a flat list of names and values. */
export function createRequestHead({ host, requestHeaders }: ProxyOptions): RequestHead {
  const set = Object.entries(requestHeaders?.set ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  const removed = new Set([...(requestHeaders?.remove ?? []), ...set.map(([name]) => name)].map((name) => name.toLowerCase()));
  const fixed = set.flat();
  const dropped = HOP_BY_HOP.union(MADE_HERE).union(removed);

  return (exchange, hasBody) => {
    const { headers, origin } = exchange;
    const ofConnection = connectionFields(headers["connection"]);
    const head: string[] = [];
    const add = (name: string, value: string) => {
      if (!removed.has(name)) head.push(name, value);
    };
    for (const name in headers) {
      const value = headers[name];
      if (value === undefined || dropped.has(name) || ofConnection?.has(name) === true) continue;
      if (name === "content-length" && !hasBody) continue;
      if (typeof value === "string") head.push(name, value);
      else for (const one of value) head.push(name, one);
    }
    if (host === "caller" && !removed.has("host")) head.push("host", origin.host);
    add("x-request-id", exchange.id);
    add("x-forwarded-for", origin.chain.join(", "));
    add("x-forwarded-proto", origin.scheme);
    if (origin.host !== "") add("x-forwarded-host", origin.host);
    if (!removed.has("forwarded")) head.push("forwarded", forwarded(exchange));
    const via = headers["via"];
    add("via", via === undefined ? "1.1 portolan" : `${String(via)}, 1.1 portolan`);
    for (const one of fixed) head.push(one);
    return head;
  };
}

/** RFC 7239: one element for each hop, scheme and host with the first. */
function forwarded({ origin: { chain, scheme, host } }: Exchange): string {
  let text = "";
  for (const address of chain) {
    text += text === "" ? "" : ", ";
    // Brackets and colons have to be quoted.
    text += address.includes(":") ? `for="[${address}]"` : `for=${address === "" ? "unknown" : quoted(address)}`;
    if (address !== chain[0] || text.includes(";proto=")) continue;
    text += `${host === "" ? "" : `;host=${quoted(host)}`};proto=${scheme}`;
  }
  return text;
}

function quoted(text: string): string {
  return TOKEN.test(text) ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

const TOKEN = /^[\w.!#$%&'*+^`|~-]+$/;
