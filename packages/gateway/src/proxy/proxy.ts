import { PortolanError, type Clock, type Logger } from "@portolan/core";
import type { BalancedTarget } from "../balancer/balanced-target.ts";
import { createBalancer, type Balancer } from "../balancer/balancer.ts";
import { startHealthChecks } from "../balancer/health-checks.ts";
import type { DoorHost } from "../door-host.ts";
import { DOOR_METHODS, type Door } from "../door.ts";
import type { Exchange } from "../exchange.ts";
import { forward, type ForwardingRules } from "./forwarding.ts";
import type { ProxyOptions } from "./proxy-options.ts";
import { createReplyHead } from "./reply-head.ts";
import { createRequestHead } from "./request-head.ts";
import { wantedCheck, type RequestCheck, type WantedCheck } from "./request-check.ts";
import { createRetryPolicy } from "./retry-policy.ts";
import { countSegments, targetPath } from "./target-path.ts";
import { readTargetTls } from "./target-tls.ts";
import { openTargets } from "./targets.ts";

export interface ProxyServices {
  readonly clock: Clock;
  readonly log: Logger;
  /** Reads a text file of the app, for what `tls` names. */
  readonly readFile?: ((path: string) => Promise<string>) | undefined;
  /** Opens the check of proxies that have an `api`. Throws PORTOLAN_CONFIG_INVALID if it cannot be used. */
  readonly openCheck?: ((wanted: WantedCheck) => Promise<RequestCheck>) | undefined;
}

/** A reverse proxy: doors whose requests other servers answer. */
export interface Proxy {
  /** Mounts its doors, one for each path and method, behind its policies. */
  mount(host: DoorHost): void;
  /** What is known of its targets. */
  readonly targets: Balancer["targets"];
  /** Ends health checks and connections. Requests in process are cut: the host that has the doors closes first. */
  close(): Promise<void>;
}

/**
 * Opens a proxy. Its options are those of `checkProxy`, which is to be asked first. Connections to targets are made when they are
 * needed; a target that cannot be reached is no error here, but one of the requests that go to it.
 */
export async function openProxy(name: string, options: ProxyOptions, services: ProxyServices): Promise<Proxy> {
  const { clock, log } = services;
  const owner = `proxy ${name}`;
  const balancer = createBalancer(options, { clock, onChange: (target) => logChange(log, owner, target) });
  const handler = await openHandler(name, options, services);
  const tls = options.tls === undefined ? {} : await readTargetTls(options.tls, name, services.readFile);
  const targets = await openTargets(balancer.targets, options, tls);
  const checks =
    options.health === undefined ? undefined : startHealthChecks({ balancer, dispatcher: targets.probes, clock, health: options.health });
  const rules: ForwardingRules = {
    balancer,
    targets: targets.of,
    requestHead: createRequestHead(options),
    replyHead: createReplyHead(options),
    retry: createRetryPolicy(options.retry),
    keyOf: createKey(options),
    stripSegments: countSegments(options.stripPrefix ?? ""),
    clock,
    log,
  };
  const policies = options.policies && { name: owner, options: options.policies };
  const door = (method: Door["method"], path: string): Door => ({
    method,
    path,
    owner,
    // What is checked is held, so that the host's limit is the right one.
    maxBodyBytes: options.maxBody ?? (options.api === undefined ? Infinity : undefined),
    timeoutMs: options.timeout,
    upgrades: true,
    handle: (exchange) => handler(exchange, rules),
  });
  return {
    mount(host) {
      for (const path of options.path) for (const method of DOOR_METHODS) host.mount(door(method, path), policies);
    },
    targets: balancer.targets,
    async close() {
      checks?.stop();
      await targets.close();
    },
  };
}

type Handler = (exchange: Exchange, rules: ForwardingRules) => Promise<void>;

/** How requests are dealt with: sent on at once, or checked first. */
async function openHandler(name: string, options: ProxyOptions, { openCheck }: ProxyServices): Promise<Handler> {
  const wanted = wantedCheck(options);
  if (wanted === undefined) return forward;
  if (openCheck === undefined)
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `proxy ${name}: there is nothing here that reads the API description ${wanted.api}`);
  const check = await openCheck(wanted);
  return async (exchange, rules) => {
    const path = targetPath({ path: exchange.path, queryText: "" }, wanted.targetPath, rules.stripSegments);
    const checked = await check({ exchange, path });
    if (checked !== undefined) await forward(exchange, rules, checked.body);
  };
}

function createKey({ balance, hashBy }: ProxyOptions): (exchange: Exchange) => string {
  if (balance !== "hash") return () => "";
  const header = hashBy?.toLowerCase();
  return (exchange) => {
    const named = header === undefined ? undefined : exchange.headers[header];
    return named === undefined ? exchange.callerAddress : String(named);
  };
}

function logChange(log: Logger, owner: string, { url, out }: BalancedTarget): void {
  if (out === undefined) log.log("info", "a target is back", { owner, target: url });
  else log.log("warn", "a target gets no requests", { owner, target: url, reason: out });
}
