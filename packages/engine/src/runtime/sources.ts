import {
  type AppDefinition,
  type Clock,
  type ConnectorServices,
  type ConnectorSourceNode,
  type Logger,
  type Random,
  type RunningSource,
} from "@portolan/core";
import { invalidConfiguration, type CompiledApp } from "./compile-app.ts";
import type { Entrance } from "./entrances.ts";
import { opening } from "./opening.ts";
import { sourceFindings } from "./source-findings.ts";

/** The running connector sources of an app. */
export interface Sources {
  close(): Promise<void>;
}

export interface SourcesParts {
  readonly app: AppDefinition;
  readonly compiled: CompiledApp;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly services: ConnectorServices;
  position(name: string): unknown;
  entrance(route: string, via: string): Entrance;
}

/** Opens all connector sources, in the order written; if one fails, those opened before are closed and its error is thrown. */
export async function openSources(parts: SourcesParts): Promise<Sources> {
  const findings = await sourceFindings(parts.app, parts.services);
  if (findings.length > 0) throw invalidConfiguration(findings);
  const running: RunningSource[] = [];
  const close = async () => {
    await Promise.all(running.splice(0).map((source) => source.close()));
  };
  try {
    for (const route of parts.app.routes) {
      for (const source of route.from) if (source.kind === "connector") running.push(await openSource(parts, route.id, source));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

async function openSource(parts: SourcesParts, route: string, node: ConnectorSourceNode): Promise<RunningSource> {
  const { source, name } = node.connector;
  if (source === undefined) return { close: () => Promise.resolve() };
  const context = {
    route,
    name: `${route}/${name}/${source.describe(node.options)}`,
    ...parts.entrance(route, name),
    position: async (position: string) => parts.position(position),
    clock: parts.clock,
    random: parts.random,
    log: parts.log,
    input: parts.compiled.inputs.get(route),
    output: parts.compiled.outputs.get(route),
    services: parts.services,
  };
  return opening({ route }, () => source.open(node.options, context));
}
