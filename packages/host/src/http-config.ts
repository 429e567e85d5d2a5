import { option, optional, withDefault, type Duration, type OptionsOf, type OptionType, type ReadContext } from "@portolan/core";
import {
  checkNetworks,
  checkPolicies,
  checkProxy,
  limitOptions,
  policyOptions,
  proxyOptions,
  type PoliciesInput,
  type ProxyInput,
} from "@portolan/gateway";
import { checkTls, tlsOptions } from "./tls-files.ts";

/** The HTTP host as people configure it; the meaning is that of `httpOptions`. */
export interface HttpInput {
  readonly host?: string;
  readonly port?: number | string;
  readonly trustedProxies?: string | readonly string[];
  readonly tls?: {
    readonly cert: string;
    readonly key: string;
    readonly passphrase?: string;
    readonly ca?: string;
    readonly requestCert?: boolean;
  };
  readonly limits?: {
    readonly maxHeaders?: number | string;
    readonly maxBody?: number | string;
    readonly headersTimeout?: Duration;
    readonly requestTimeout?: Duration;
    readonly timeout?: Duration;
    readonly idleTimeout?: Duration;
    readonly maxConnections?: number;
    readonly maxRequests?: number;
  };
  readonly proxies?: Readonly<Record<string, ProxyInput>>;
  readonly policies?: PoliciesInput;
}

const port: OptionType<number> = {
  kind: "port",
  expected: "a port from 0 (any free one) to 65535, as a number or a text such as ${PORT}",
  schema: { oneOf: [{ type: "integer", minimum: 0, maximum: 65535 }, { type: "string" }] },
  read(value, context) {
    const given = typeof value === "string" ? option.text.read(value, context) : value;
    if (given === undefined) return undefined;
    const number = typeof given === "string" && /^\d{1,5}$/.test(given) ? Number(given) : given;
    if (typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= 65535) return number;
    context.report({ message: "wrong value", expected: this.expected, found: JSON.stringify(given) ?? String(given) });
    return undefined;
  },
};

export const httpOptions = {
  host: withDefault(option.text, "127.0.0.1", "The address that the HTTP host listens on; 0.0.0.0 is every network of the machine."),
  port: withDefault(port, 8080, "Its port; 0 takes any free one."),
  trustedProxies: withDefault(
    option.oneOrMore(option.name),
    [],
    "Addresses and networks of the proxies and load balancers before this host. What they say of the caller (Forwarded, or X-Forwarded-For, -Proto and -Host) is taken for true; of others it is not.",
  ),
  tls: optional(
    option.object(tlsOptions),
    "Speaks TLS in place of plain HTTP: HTTP/2 with callers that choose it, HTTP/1.1 with others. Renewed files are noticed.",
  ),
  limits: optional(option.object(limitOptions), "What callers may do at the most."),
  proxies: withDefault(
    option.mapOf(option.object(proxyOptions)),
    {},
    "Reverse proxies by name: paths whose requests other servers answer.",
  ),
  policies: optional(option.object(policyOptions), "What holds at every door. Doors may add to it."),
};

export type HttpConfig = OptionsOf<typeof httpOptions>;

/** Reports what contradicts itself. */
export function checkHttp({ policies, proxies, tls, trustedProxies }: HttpConfig, context: ReadContext): void {
  for (const message of checkPolicies(policies ?? {})) context.at("policies").report({ message });
  for (const message of checkNetworks(trustedProxies, "trustedProxies")) context.at("trustedProxies").report({ message });
  for (const message of tls === undefined ? [] : checkTls(tls)) context.at("tls").report({ message });
  for (const [name, proxy] of Object.entries(proxies))
    for (const message of checkProxy(proxy)) context.at("proxies").at(name).report({ message });
}
