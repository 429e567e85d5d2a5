import { isRecord, isStandardSchema, type RouteDefinition } from "@portolan/core";

/** What a part of an app names, wherever it stands in it. */
export interface Links {
  /** The systems that its steps call. */
  readonly systems: readonly string[];
  /** The channels that it sends to. */
  readonly channels: readonly string[];
  /** The routes that it calls. */
  readonly routes: readonly string[];
  /** What it reaches outside, such as `rest: POST https://erp.example/orders`. */
  readonly targets: readonly string[];
  /** Those of a system. */
  targetsOf(system: string): readonly string[];
}

/** What the steps of a route and what it does about errors, ends and interceptions lead to. */
export function linksOf({ steps, onError, onComplete, intercept }: RouteDefinition): Links {
  const found = { systems: new Set<string>(), channels: new Set<string>(), routes: new Set<string>(), targets: new Map<string, unknown>() };
  visitNodes([steps, onError, onComplete, intercept], (node) => {
    const { kind, channel, route, system } = node;
    if (kind === "channel" && typeof channel === "string") found.channels.add(channel);
    if (kind === "route" && typeof route === "string") found.routes.add(route);
    if (kind !== "connector" || !("system" in node)) return;
    if (typeof system === "string") found.systems.add(system);
    found.targets.set(targetWords(node) ?? "", system);
  });
  return {
    systems: [...found.systems],
    channels: [...found.channels],
    routes: [...found.routes],
    targets: [...found.targets.keys()],
    targetsOf: (system) => [...found.targets].flatMap(([words, own]) => (own === system ? [words] : [])),
  };
}

/** Where a node of the tree sends to, in words; undefined if it is no target. */
export function targetWords(node: Readonly<Record<string, unknown>>): string | undefined {
  const { kind, channel, route, name, connector, options } = node;
  switch (kind) {
    case "channel":
      return String(channel);
    case "route":
      return `route ${String(route)}`;
    case "record":
      return String(name);
    case "address":
      return "a computed address";
    case "connector":
      return isRecord(connector) ? connectorWords(connector, options) : undefined;
    default:
      return undefined;
  }
}

/** A connector's name, and what it says of a target. */
function connectorWords(connector: Readonly<Record<string, unknown>>, options: unknown): string {
  const describe = isRecord(connector["target"]) ? connector["target"]["describe"] : undefined;
  const words = typeof describe === "function" ? String(describe(options)) : "";
  return words === "" ? String(connector["name"]) : `${String(connector["name"])}: ${words}`;
}

/** The nodes of a tree with a `kind`. */
function visitNodes(part: unknown, visitor: (node: Readonly<Record<string, unknown>>) => void): void {
  if (Array.isArray(part)) {
    for (const inner of part) visitNodes(inner, visitor);
    return;
  }
  if (!isRecord(part) || isStandardSchema(part)) return;
  if (typeof part["kind"] === "string") visitor(part);
  // A connector's definition is code of ours, not a part of the app.
  for (const [key, inner] of Object.entries(part)) if (key !== "connector") visitNodes(inner, visitor);
}
