import type { AppDefinition, ConnectorServices, ConnectorSourceNode, Finding } from "@portolan/core";

/** What connectors find wrong with all of an app's sources of theirs, taken together. */
export async function sourceFindings({ routes }: AppDefinition, services: ConnectorServices): Promise<readonly Finding[]> {
  const nodes = routes.flatMap(({ from }) => from.filter((source): source is ConnectorSourceNode => source.kind === "connector"));
  const byConnector = Map.groupBy(nodes, ({ connector }) => connector);
  const found = await Promise.all([...byConnector].map(async ([{ source }, own]) => (await source?.checkAll?.(own, services)) ?? []));
  return found.flat();
}
