import type { TargetContext } from "@portolan/core";
import { authorized } from "./authorized.ts";
import { balanced } from "./balanced.ts";
import type { CallPlan } from "./call-plan.ts";
import { withCircuitBreaker } from "./circuit.ts";
import type { ClientOptions } from "./options.ts";
import type { SendHttp } from "./outgoing.ts";
import { paced } from "./paced.ts";
import { redirected } from "./redirected.ts";
import { repeated } from "./repeated.ts";
import { openTransport } from "./transport.ts";

/** How requests reach one system. All clients of an app that reach one in the same way share what it has: connections, limits, tokens. */
export interface Connection {
  readonly send: SendHttp;
  /** The last one of those who share it closes it. */
  close(): Promise<void>;
}

interface Shared {
  readonly opening: Promise<Connection>;
  users: number;
}

const byApp = new WeakMap<object, Map<string, Shared>>();

export async function openConnection(options: ClientOptions, plan: CallPlan, context: TargetContext): Promise<Connection> {
  const all = byApp.get(context.services) ?? new Map<string, Shared>();
  byApp.set(context.services, all);
  const way = wayOf(options, plan);
  const shared = all.get(way) ?? { opening: open(options, plan, context), users: 0 };
  all.set(way, shared);
  shared.users += 1;
  const leave = (): boolean => {
    shared.users -= 1;
    return shared.users === 0 && all.delete(way);
  };
  try {
    const { send, close } = await shared.opening;
    return { send, close: async () => void (leave() && (await close())) };
  } catch (error) {
    leave();
    throw error;
  }
}

/** What makes a difference to how a system is reached, and not only to what is asked of it. */
function wayOf(options: ClientOptions, { servers, authorizations }: CallPlan): string {
  const {
    timeout,
    connectTimeout,
    maxConnections,
    maxResponse,
    compression,
    redirects,
    redirectsTo,
    retry,
    circuitBreaker,
    rateLimit,
    cache,
    tls,
    proxy,
  } = options;
  const own = {
    timeout,
    connectTimeout,
    maxConnections,
    maxResponse,
    compression,
    redirects,
    redirectsTo,
    retry,
    circuitBreaker,
    rateLimit,
    cache,
    tls,
    proxy,
  };
  // What is kept of replies is for those who sent the same credentials.
  const { headers, secretHeaders } = options;
  return JSON.stringify({ ...own, servers, authorizations, ...(cache === undefined ? {} : { headers, secretHeaders }) });
}

async function open(options: ClientOptions, { servers, authorizations }: CallPlan, context: TargetContext): Promise<Connection> {
  const { clock, log, random, services } = context;
  const { retry, circuitBreaker, rateLimit, cache, redirects } = options;
  const transport = await openTransport(options, { clock, directory: services.directory });
  // From the wire to the route: each sees only what the one before it lets through.
  let send: SendHttp = servers.length > 1 ? balanced(transport.send, servers, { clock, log }) : transport.send;
  if (rateLimit !== undefined) send = paced(send, rateLimit, { clock, maxWait: options.timeout });
  if (circuitBreaker !== undefined) send = withCircuitBreaker(send, circuitBreaker, clock);
  if (retry !== undefined) send = repeated(send, retry, { clock, random });
  if (redirects > 0) send = redirected(send, options);
  send = authorized(send, authorizations, { clock, fetch: transport.send });
  if (cache !== undefined) send = await (await import("./cached.ts")).cached(send, cache);
  return { send, close: transport.close };
}
