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
}

/** What the steps of a route and what it does about errors, ends and interceptions lead to. */
export function linksOf({ steps, onError, onComplete, intercept }: RouteDefinition): Links {
  const found = { systems: new Set<string>(), channels: new Set<string>(), routes: new Set<string>(), targets: new Set<string>() };
  visitNodes([steps, onError, onComplete, intercept], (node) => {
    const { kind, channel, route, system, connector, options } = node;
    if (kind === "channel" && typeof channel === "string") found.channels.add(channel);
    if (kind === "route" && typeof route === "string") found.routes.add(route);
    if (kind !== "connector" || !("system" in node)) return;
    if (typeof system === "string") found.systems.add(system);
    found.targets.add(targetWords(connector, options));
  });
  return { systems: [...found.systems], channels: [...found.channels], routes: [...found.routes], targets: [...found.targets] };
}

/** A connector's name, and what it says of a target. */
function targetWords(connector: unknown, options: unknown): string {
  if (!isRecord(connector)) return "";
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
