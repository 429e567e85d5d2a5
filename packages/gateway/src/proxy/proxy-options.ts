import { option, optional, required, withDefault, type Duration, type OptionsOf } from "@portolan/core";
import { balancerOptions, checkBalancer } from "../balancer/balancer-options.ts";
import { checkPath } from "../path-pattern.ts";
import type { PoliciesInput } from "../policies/policies-input.ts";
import { checkPolicies, policyOptions } from "../policies/policies.ts";
import { isHopByHop } from "./hop-by-hop.ts";
import { checkTargetTls, targetTlsOptions } from "./target-tls.ts";

const retryOptions = {
  attempts: withDefault(option.integer({ min: 1, max: 10 }), 3, "How often at the most, the first time included."),
  statuses: withDefault(
    option.listOf(option.integer({ min: 400, max: 599 })),
    [502, 503, 504],
    "Answers after which it is tried again. The answer of the last attempt goes to the caller, whatever it is.",
  ),
  wait: withDefault(option.duration, 50, "Before the second attempt; twice as long before each further one."),
};

const headerChanges = {
  set: withDefault(option.mapOf(option.text), {}, "Headers that are there with these values, in place of those of the same name."),
  remove: withDefault(option.listOf(option.name), [], "Headers that are not passed on."),
};

/** A reverse proxy: paths of the HTTP host whose requests other servers answer. */
export const proxyOptions = {
  path: required(
    option.oneOrMore(option.name),
    "Which requests, of every method: such as `/legacy/*` for all below it. Doors of routes with the same or a longer path go before.",
    { example: "/legacy/*" },
  ),
  ...balancerOptions,
  stripPrefix: optional(option.name, "What is taken off the front of the path before that of the target is put there.", {
    example: "/legacy",
  }),
  host: withDefault(
    option.oneOf("target", "caller"),
    "target",
    "Whose name the `Host` of the request is. The caller's is in X-Forwarded-Host in any case.",
  ),
  api: optional(
    option.name,
    "An API description (OpenAPI) in the app that requests have to follow before a target gets them: its operations, their parameters and bodies. What is not in it is refused.",
    { example: "./openapi.yaml" },
  ),
  apiBase: optional(
    option.name,
    "Where the paths of the description begin in the paths that targets get. Default: the path of the description's server, or that of the first target.",
    { example: "/v1" },
  ),
  requestHeaders: optional(option.object(headerChanges), "Changes the headers of requests."),
  responseHeaders: optional(option.object(headerChanges), "Changes the headers of answers."),
  retry: optional(
    option.object(retryOptions),
    "Tries idempotent requests without a body again, on another target if there is one. Without it that is done once, and only if the connection failed.",
  ),
  timeout: withDefault(
    option.duration,
    60_000,
    "How long a target may take to begin its answer (504 then), and either side from one piece of a body to the next.",
  ),
  connectTimeout: withDefault(option.duration, 5000, "For establishing a connection."),
  maxConnections: withDefault(option.integer({ min: 1 }), 256, "Connections to each target at the most; further requests wait for one."),
  tls: optional(option.object(targetTlsOptions), "How targets with https are spoken to. Files are read at the start."),
  maxBody: optional(
    option.bytes,
    "Larger bodies of requests are refused with 413. Default: no limit, for bodies are never held as a whole; with `api`, that of the HTTP host.",
  ),
  policies: optional(option.object(policyOptions), "What holds for these requests, inside of what `http.policies` says."),
};

export type ProxyOptions = OptionsOf<typeof proxyOptions>;

/** A proxy as people write it; its meaning is that of `proxyOptions`. */
export interface ProxyInput {
  readonly path: string | readonly string[];
  readonly targets: TargetInput | readonly TargetInput[];
  readonly balance?: "roundRobin" | "leastPending" | "hash";
  readonly hashBy?: string;
  readonly health?: {
    readonly path?: string;
    readonly interval?: Duration;
    readonly timeout?: Duration;
    readonly failures?: number;
    readonly successes?: number;
  };
  readonly ejection?: { readonly failures?: number; readonly time?: Duration; readonly maxTime?: Duration };
  readonly whenAllOut?: "try" | "refuse";
  readonly stripPrefix?: string;
  readonly host?: "target" | "caller";
  readonly api?: string;
  readonly apiBase?: string;
  readonly requestHeaders?: HeaderChangesInput;
  readonly responseHeaders?: HeaderChangesInput;
  readonly retry?: { readonly attempts?: number; readonly statuses?: readonly number[]; readonly wait?: Duration };
  readonly timeout?: Duration;
  readonly connectTimeout?: Duration;
  readonly maxConnections?: number;
  readonly tls?: { readonly ca?: string | readonly string[]; readonly cert?: string; readonly key?: string; readonly passphrase?: string };
  readonly maxBody?: number | string;
  readonly policies?: PoliciesInput;
}

type TargetInput = string | { readonly url: string; readonly weight?: number };

interface HeaderChangesInput {
  readonly set?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

/** Proxies that cannot work or contradict themselves, in words. */
export function checkProxy(given: ProxyOptions): readonly string[] {
  const faults = given.path.flatMap((path) => {
    const fault = checkPath(path);
    return fault === undefined ? [] : [`path: "${path}" is no path pattern: ${fault}`];
  });
  const { stripPrefix } = given;
  if (stripPrefix !== undefined) {
    if (!stripPrefix.startsWith("/")) faults.push(`stripPrefix: "${stripPrefix}" does not start with /`);
    for (const path of given.path)
      if (!isBelow(path, stripPrefix)) faults.push(`stripPrefix: not every request to ${path} has the prefix "${stripPrefix}"`);
  }
  const { api, apiBase } = given;
  if (apiBase !== undefined && !apiBase.startsWith("/")) faults.push(`apiBase: "${apiBase}" does not start with /`);
  if (apiBase !== undefined && api === undefined) faults.push("apiBase says nothing without api");
  for (const side of ["requestHeaders", "responseHeaders"] as const) {
    for (const [name, value] of Object.entries(given[side]?.set ?? {})) {
      if (!TOKEN.test(name)) faults.push(`${side}: "${name}" is no name of a header`);
      else if (isHopByHop(name)) faults.push(`${side}: ${name} belongs to the connection and cannot be set`);
      if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) faults.push(`${side}: the value of ${name} has characters that no header can hold`);
    }
  }
  return [
    ...faults,
    ...checkTargetTls(given.tls ?? {}),
    ...checkBalancer(given),
    ...checkPolicies(given.policies ?? {}).map((fault) => `policies: ${fault}`),
  ];
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

function isBelow(path: string, prefix: string): boolean {
  const plain = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
  return path === plain || path.startsWith(`${plain}/`);
}
