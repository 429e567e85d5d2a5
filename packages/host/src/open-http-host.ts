import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Clock, Logger } from "@portolan/core";
import type { DoorHost, HttpHost, PolicyServices, Proxy, ProxyServices } from "@portolan/gateway";
import type { HttpConfig } from "./http-config.ts";
import { openTls } from "./tls-files.ts";

export interface HttpContext {
  /** Where paths of files start. */
  readonly directory: string;
  readonly log: Logger;
  readonly reasonsNotReady: () => readonly string[];
  /** Its store is there before the first door is. */
  readonly policies: PolicyServices;
}

/** The HTTP host of a node, listening. */
export async function openHttpHost(config: HttpConfig, { directory, log, reasonsNotReady, policies }: HttpContext): Promise<HttpHost> {
  const { createHttpHost, createPolicies, limitsOf } = await import("@portolan/gateway");
  const host = createHttpHost({
    host: config.host,
    port: config.port,
    log,
    ready() {
      const reasons = reasonsNotReady();
      return { ready: reasons.length === 0, reasons };
    },
    policies: createPolicies(policies, config.policies),
    trustedProxies: config.trustedProxies,
    tls: config.tls && (await openTls(config.tls, directory, policies.clock)),
    limits: config.limits === undefined ? {} : limitsOf(config.limits),
  });
  await host.listen();
  return host;
}

export interface ProxyContext {
  readonly host: HttpHost;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where paths of files start. */
  readonly directory: string;
  readonly openCheck: ProxyServices["openCheck"];
}

/** The proxies of a node. */
export interface NodeProxies {
  /** Mounts them on a further table of doors. */
  mount(host: DoorHost): void;
  /** Once the host is closed. */
  close(): Promise<void>;
}

/** Mounts the proxies of a configuration. */
export async function openProxies(config: HttpConfig["proxies"], { host, directory, ...services }: ProxyContext): Promise<NodeProxies> {
  const { openProxy } = await import("@portolan/gateway");
  const proxies: Proxy[] = [];
  const readText = (path: string) => readFile(resolve(directory, path), "utf8");
  const close = async () => void (await Promise.all(proxies.map((proxy) => proxy.close())));
  try {
    for (const [name, options] of Object.entries(config)) {
      const proxy = await openProxy(name, options, { ...services, readFile: readText });
      proxies.push(proxy);
      proxy.mount(host);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    mount(table) {
      for (const proxy of proxies) proxy.mount(table);
    },
    close,
  };
}
