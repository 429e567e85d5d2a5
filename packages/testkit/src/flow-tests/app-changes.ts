import {
  isStandardSchema,
  type AppDefinition,
  type ConnectorDefinition,
  type ConnectorSourceNode,
  type ConnectorTargetNode,
} from "@portolan/core";

/** What is another in an app under test. */
export interface AppChanges {
  /** The connector that a target uses instead of its own. */
  connector(node: ConnectorTargetNode): ConnectorDefinition;
  /** The connector that a source uses instead of its own. */
  source(node: ConnectorSourceNode): ConnectorDefinition;
  /** A function of the app, such as that of a `map`, as it is called. */
  callback(callback: Callback): Callback;
}

export type Callback = (...args: readonly unknown[]) => unknown;

/** The app with the changes made, wherever patterns put targets and functions. */
export function changedApp(app: AppDefinition, changes: AppChanges): AppDefinition {
  // Only connectors and functions are exchanged, each for one of its kind.
  return changed(app, changes) as AppDefinition;
}

function changed(value: unknown, changes: AppChanges): unknown {
  if (isStandardSchema(value)) return value;
  if (typeof value === "function") return changes.callback(value as Callback); // functions of the tree take messages
  if (Array.isArray(value)) return value.map((item) => changed(item, changes));
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  if (isConnectorTarget(value)) return { ...value, connector: changes.connector(value) };
  if (isConnectorSource(value)) return { ...value, connector: changes.source(value) };
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, changed(child, changes)]));
}

export function isConnectorSource(value: object): value is ConnectorSourceNode {
  return "kind" in value && value.kind === "connector" && "connector" in value && !("system" in value);
}

/** Targets in the tree, as the reader makes them; a source has no `system`. */
export function isConnectorTarget(value: object): value is ConnectorTargetNode {
  return "kind" in value && value.kind === "connector" && "connector" in value && "system" in value;
}
