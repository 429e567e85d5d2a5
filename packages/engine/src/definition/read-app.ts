import {
  describeValue,
  isRecord,
  type AppDefinition,
  type AppErrors,
  type ChannelDefinition,
  type ClauseDefinition,
  type Durability,
  type Finding,
  type OptionsOf,
  type RouteDefinition,
  type SystemDefinition,
  type ValueMapDefinition,
} from "@portolan/core";
import { invalidConfiguration } from "../runtime/compile-app.ts";
import { channelOptions, flowOption, type flowOptions } from "./flow-options.ts";
import { checkLinks } from "./links.ts";
import { endpointsOf } from "./endpoints.ts";
import type { Registry } from "./registry.ts";
import type { RawTree, TreeContext } from "./tree-context.ts";
import { instantiate, type ReadRoute, type Template } from "./templates.ts";
import { treeContext } from "./tree-reader.ts";
import { parseYaml } from "./yaml-tree.ts";

/** What makes up an app: flow files, and trees that the builder made or that a test holds. */
export interface AppInput {
  readonly name: string;
  readonly flows: readonly FlowFile[];
  /** Of routes that do not say. Default `power-loss`. */
  readonly durability?: Durability | undefined;
  /** Values of `app(...)`, or plain flow trees. */
  readonly trees?: readonly unknown[];
}

export interface FlowFile {
  readonly file: string;
  readonly text: string;
}

type Flow = OptionsOf<typeof flowOptions>;

/** What flow files hold by name. */
const KINDS = { routes: "route", channels: "channel", systems: "system", templates: "template", valueMaps: "value map" } as const;

/** Reads flow files and builder trees into one definition. Throws PORTOLAN_CONFIG_INVALID with every finding of all of them. */
export function readApp(input: AppInput, registry: Registry): AppDefinition {
  const findings: Finding[] = [];
  const trees: RawTree[] = [
    ...input.flows.map((flow) => parseYaml(flow.text, flow.file, findings)).filter((tree) => tree !== undefined),
    ...(input.trees ?? []).map((value) => ({ value, locate: () => undefined })),
  ];
  const flows: Flow[] = [];
  const templates = new Map<string, Template>();
  const places = new Map<string, RawTree>();
  for (const tree of trees) {
    const flow = readFlow(tree.value ?? {}, treeContext({ tree, registry, findings }));
    if (flow === undefined) continue;
    flows.push(flow);
    for (const [name, template] of Object.entries(flow.templates)) templates.set(name, { ...template, tree });
    for (const kind of Object.keys(KINDS) as (keyof typeof KINDS)[]) {
      for (const name of Object.keys(flow[kind])) {
        const key = `${kind}.${name}`;
        if (places.has(key))
          findings.push(
            located(tree, [kind, name], {
              message: `${KINDS[kind]} "${name}" exists twice`,
              expected: "each name once",
              found: name,
            }),
          );
        places.set(key, tree);
      }
    }
  }
  if (findings.length > 0) throw invalidConfiguration(findings);
  const report = (path: readonly (string | number)[], finding: Omit<Finding, "path">) => {
    const tree = places.get(path.slice(0, 2).join("."));
    findings.push(tree === undefined ? { path: path.join("."), ...finding } : located(tree, path, finding));
  };
  const read = flows.flatMap((flow) =>
    Object.entries(flow.routes).flatMap(([id, route]): readonly ReadRoute[] => {
      if (!("template" in route)) return [{ id, ...route }];
      const made = instantiate(id, route, { templates, registry, findings, report: (finding) => report(["routes", id], finding) });
      return made === undefined ? [] : [made];
    }),
  );
  if (findings.length > 0) throw invalidConfiguration(findings);
  const routes = read.map((route): RouteDefinition => {
    const place = places.get(`routes.${route.id}`)?.locate(["routes", route.id], "key");
    return { ...route, durability: route.durability ?? input.durability ?? "power-loss", ...(place === undefined ? {} : { place }) };
  });
  const app = assemble(input.name, routes, flows);
  checkLinks(app, report);
  if (findings.length > 0) throw invalidConfiguration(findings);
  return app;
}

function readFlow(value: unknown, context: TreeContext): Flow | undefined {
  if (isRecord(value)) return flowOption.read(value, context);
  context.report({ message: "a flow file is a map", expected: flowOption.expected, found: describeValue(value) });
  return undefined;
}

function located(tree: RawTree, path: readonly (string | number)[], finding: Omit<Finding, "path">): Finding {
  const place = finding.place ?? tree.locate(path);
  return { path: path.join("."), ...finding, ...(place === undefined ? {} : { place }) };
}

function assemble(name: string, routes: readonly RouteDefinition[], flows: readonly Flow[]): AppDefinition {
  const channels = new Map<string, ChannelDefinition>();
  const systems: SystemDefinition[] = [];
  const valueMaps: ValueMapDefinition[] = [];
  let errors: AppErrors = { deadLetter: "dead", retry: {}, onError: [] };
  for (const flow of flows) {
    for (const [channel, options] of Object.entries(flow.channels)) channels.set(channel, { name: channel, ...options });
    for (const [system, options] of Object.entries(flow.systems)) systems.push({ name: system, ...options });
    for (const [map, options] of Object.entries(flow.valueMaps)) valueMaps.push({ name: map, ...options });
    errors = mergeErrors(errors, flow.errors);
  }
  const intercept = flows.flatMap((flow) => flow.intercept);
  for (const implied of impliedChannels({ routes, channels: [...channels.values()], errors, intercept })) {
    if (!channels.has(implied)) channels.set(implied, defaultChannel(implied));
  }
  return { name, routes, channels: [...channels.values()], systems, errors, intercept, valueMaps };
}

/** Files of one app may each add clauses; a dead letter and retry options of a later file win. */
function mergeErrors(before: AppErrors, next: AppErrors): AppErrors {
  return {
    deadLetter: next.deadLetter === "dead" ? before.deadLetter : next.deadLetter,
    retry: { ...before.retry, ...next.retry },
    onError: [...before.onError, ...next.onError],
  };
}

/** Channels that exist because a source, a static target or a deadLetter names them. */
function impliedChannels({
  routes,
  channels,
  errors,
  intercept,
}: Pick<AppDefinition, "routes" | "channels" | "errors" | "intercept">): ReadonlySet<string> {
  const names = new Set<string>([errors.deadLetter]);
  const clauses = (list: readonly ClauseDefinition[]) =>
    list.forEach((clause) => clause.deadLetter !== undefined && names.add(clause.deadLetter));
  clauses(errors.onError);
  for (const channel of channels) if (channel.deadLetter !== undefined) names.add(channel.deadLetter);
  for (const route of routes) {
    if (typeof route.deadLetter === "string") names.add(route.deadLetter);
    clauses(route.onError);
  }
  for (const { endpoint } of endpointsOf([...routes, errors, intercept])) if (endpoint.kind === "channel") names.add(endpoint.channel);
  return names;
}

function defaultChannel(name: string): ChannelDefinition {
  const options = Object.fromEntries(
    Object.entries(channelOptions).flatMap(([key, spec]) =>
      spec.presence === "default" ? [[key, "default" in spec ? spec.default : undefined]] : [],
    ),
  );
  // The defaults of all options that a definition demands.
  return { name, ...options } as unknown as ChannelDefinition;
}
