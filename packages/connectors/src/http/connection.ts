import type { TargetContext } from "@portolan/core";
import { authorized, type Authorization } from "./authorized.ts";
import { connectionOptions, type ConnectionOptions } from "./connection-options.ts";
import { balanced } from "./balanced.ts";
import { withCircuitBreaker } from "./circuit.ts";
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

/** Whom requests go to, and who sends them. */
export interface Way {
  /** The addresses that may be asked; requests name the first of them as their base. */
  readonly servers: readonly string[];
  readonly authorizations: readonly Authorization[];
  /** Headers of every request: what is kept of replies is only for who sends the same. */
  readonly headers: Readonly<Record<string, string>>;
}

type Surroundings = Pick<TargetContext, "clock" | "log" | "random" | "services">;

interface Shared {
  readonly opening: Promise<Connection>;
  users: number;
}

const byApp = new WeakMap<object, Map<string, Shared>>();

export async function openConnection(options: ConnectionOptions, way: Way, context: Surroundings): Promise<Connection> {
  const all = byApp.get(context.services) ?? new Map<string, Shared>();
  byApp.set(context.services, all);
  const key = keyOf(options, way);
  const shared = all.get(key) ?? { opening: open(options, way, context), users: 0 };
  all.set(key, shared);
  shared.users += 1;
  const leave = (): boolean => {
    shared.users -= 1;
    return shared.users === 0 && all.delete(key);
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
function keyOf(options: ConnectionOptions, { servers, authorizations, headers }: Way): string {
  const own = Object.keys(connectionOptions).map((name) => options[name as keyof ConnectionOptions]);
  return JSON.stringify([own, servers, authorizations, options.cache === undefined ? {} : headers]);
}

async function open(options: ConnectionOptions, { servers, authorizations }: Way, context: Surroundings): Promise<Connection> {
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
