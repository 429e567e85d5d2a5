import type { AppDefinition, ConnectorServices, ConnectorSourceNode, ConnectorTargetNode, Finding } from "@portolan/core";
import { endpointsOf } from "../definition/endpoints.ts";

/** What connectors find wrong with all that an app has of them, taken together. */
export async function sourceFindings(app: AppDefinition, services: ConnectorServices): Promise<readonly Finding[]> {
  const sources = app.routes.flatMap(({ from, ...route }) => from.filter(isConnector).map((node) => ({ ...node, route })));
  const targets = [...endpointsOf([app.routes, app.errors, app.intercept])].flatMap(({ endpoint, step }) =>
    isTarget(endpoint) ? [{ ...endpoint, place: step?.place }] : [],
  );
  const connectors = new Set([...sources, ...targets].map(({ connector }) => connector));
  const found = await Promise.all(
    [...connectors].map(async (connector) => {
      const of = (node: { readonly connector: unknown }) => node.connector === connector;
      return (await connector.source?.checkAll?.(sources.filter(of), services, targets.filter(of))) ?? [];
    }),
  );
  return found.flat();
}

function isConnector<Node extends { readonly kind: string }>(node: Node): node is Node & ConnectorSourceNode {
  return node.kind === "connector";
}

/** Only targets can belong to a system. */
function isTarget(node: { readonly kind: string }): node is ConnectorTargetNode {
  return isConnector(node) && "system" in node;
}
