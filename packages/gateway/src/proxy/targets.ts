import type { Dispatcher, Pool } from "undici";
import type { BalancedTarget } from "../balancer/balanced-target.ts";
import type { ProxyOptions } from "./proxy-options.ts";
import type { TargetTls } from "./target-tls.ts";

/** A target, and the connections to it. */
export interface ProxyTarget {
  readonly url: URL;
  /** The path of its address without a slash at the end; empty for the root. */
  readonly base: string;
  readonly pool: Pool;
}

export interface ProxyTargets {
  readonly of: ReadonlyMap<BalancedTarget, ProxyTarget>;
  /** For health checks. */
  readonly probes: Dispatcher;
  close(): Promise<void>;
}

export async function openTargets(
  targets: readonly BalancedTarget[],
  { maxConnections, connectTimeout }: ProxyOptions,
  tls: TargetTls,
): Promise<ProxyTargets> {
  const { Agent, Pool } = await import("undici");
  const connect = { ...tls, timeout: connectTimeout };
  const probes = new Agent({ connect, headersTimeout: 0, bodyTimeout: 0, allowH2: false });
  const of = new Map(
    targets.map((target) => {
      const url = new URL(target.url);
      // undici's own limits are off: the host limits the time of an exchange.
      const pool = new Pool(url.origin, {
        connections: maxConnections,
        connect,
        headersTimeout: 0,
        bodyTimeout: 0,
        allowH2: false,
        maxHeaderSize: MAX_HEADER_BYTES,
      });
      return [target, { url, base: url.pathname.replace(/\/$/, ""), pool }];
    }),
  );
  return {
    of,
    probes,
    close: async () => void (await Promise.all([probes.destroy(), ...[...of.values()].map(({ pool }) => pool.destroy())])),
  };
}

const MAX_HEADER_BYTES = 64 * 1024;
