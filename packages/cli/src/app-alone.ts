import { PortolanError, isRecord, silentLogger, type ConnectorDefinition, type ConnectorTargetNode } from "@portolan/core";
import { startNode, type LoadedApp } from "@portolan/host";
import { changedApp } from "@portolan/testkit";
import { platform } from "./platform.ts";

/** An app that runs on a free port of this machine and reaches nobody. */
export interface AppAlone {
  readonly url: string;
  stop(): Promise<unknown>;
}

/**
 * Starts an app with a store in memory and without the rest of its world: what it sends is taken, whoever it asks refuses, and nothing comes
 * to it by itself. `without` says which of its policies do not hold: limits on how often somebody may ask, or all.
 */
export async function startAlone(app: LoadedApp, without: "limits" | "policies"): Promise<AppAlone> {
  const node = await startNode({
    app: withoutOutside(app, without),
    platform: { ...platform, connectors: platform.connectors.map(unreached) },
    log: silentLogger,
    store: "memory",
    http: { host: "127.0.0.1", port: 0 },
  });
  return { url: node.url ?? "", stop: () => node.stop() };
}

/** The app as it is but for what it would do elsewhere: nothing made up for a test may reach another system. */
function withoutOutside(app: LoadedApp, without: "limits" | "policies"): LoadedApp {
  const definition = changedApp(app.definition, {
    connector: ({ connector }: ConnectorTargetNode) => unreached(connector),
    source: ({ connector }) => (connector.source?.replies === true ? connector : silent(connector)),
    callback: (callback) => callback,
  });
  const routes = definition.routes.map((route) => ({
    ...route,
    from: route.from.map((source) => (source.kind === "connector" ? { ...source, options: unlimited(source.options, without) } : source)),
  }));
  return {
    ...app,
    definition: { ...definition, routes },
    config: { ...app.config, http: { ...unlimited(app.config.http, without), proxies: {} } },
  };
}

/** Without policies, or only without those on how often somebody may ask: tests ask often. */
function unlimited<Options extends object>(options: Options, without: "limits" | "policies"): Options {
  if (!("policies" in options) || !isRecord(options.policies)) return options;
  if (without === "policies") return { ...options, policies: undefined };
  const { rateLimit: _rate, quota: _quota, ...policies } = options.policies;
  return { ...options, policies };
}

/** What is sent is taken; whoever asks is told that there is nobody. */
function unreached(connector: ConnectorDefinition): ConnectorDefinition {
  const { target } = connector;
  if (target === undefined) return connector;
  const send: typeof target.open = async () => ({
    send: async (_message, { mode }) => {
      if (mode === "to") return undefined;
      throw new PortolanError("PORTOLAN_REMOTE_REJECTED", "contract tests of an app that they start reach no other system");
    },
    close: async () => undefined,
  });
  return { ...connector, target: { ...target, open: send } };
}

/** A source from which nothing comes. */
function silent(connector: ConnectorDefinition): ConnectorDefinition {
  const { source } = connector;
  return source === undefined ? connector : { ...connector, source: { ...source, open: async () => ({ close: async () => undefined }) } };
}
