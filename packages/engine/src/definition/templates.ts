import { listNames, nearestName, type Durability, type Finding, type RouteDefinition } from "@portolan/core";
import { routeOption } from "./flow-options.ts";
import type { Registry } from "./registry.ts";
import type { RawTree } from "./tree-context.ts";
import { treeContext } from "./tree-reader.ts";

/** A template as a flow file holds it, with the file. */
export interface Template {
  readonly parameters: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly route: unknown;
  readonly tree: RawTree;
}

/** The use of a template. */
export interface TemplateUse {
  readonly template: string;
  readonly with: Readonly<Record<string, unknown>>;
}

export interface TemplateContext {
  readonly templates: ReadonlyMap<string, Template>;
  readonly registry: Registry;
  readonly findings: Finding[];
  report(finding: Omit<Finding, "path">): void;
}

/** A route as its options were read, before the app's defaults. */
export type ReadRoute = Omit<RouteDefinition, "durability"> & { readonly durability?: Durability | undefined };

/** The route that a template makes with these parameters; undefined if something was reported. */
export function instantiate(id: string, use: TemplateUse, context: TemplateContext): ReadRoute | undefined {
  const { templates, registry, findings, report } = context;
  const template = templates.get(use.template);
  if (template === undefined) {
    const nearest = nearestName(use.template, [...templates.keys()]);
    report({
      message: `there is no template "${use.template}"`,
      expected: templates.size === 0 ? "a template of this app" : listNames([...templates.keys()]),
      found: use.template,
      ...(nearest === undefined ? {} : { hint: `did you mean "${nearest}"?` }),
    });
    return undefined;
  }
  const params = parametersOf(use, template, report);
  if (params === undefined) return undefined;
  const path = ["templates", use.template, "route"];
  const route = routeOption.read(template.route, treeContext({ tree: template.tree, registry, findings, params }, path));
  return route === undefined ? undefined : { id, ...route, params };
}

function parametersOf(
  use: TemplateUse,
  template: Template,
  report: TemplateContext["report"],
): Readonly<Record<string, unknown>> | undefined {
  const known = Object.keys(template.parameters);
  let complete = true;
  for (const name of Object.keys(use.with)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    report({
      message: `template "${use.template}" has no parameter "${name}"`,
      expected: known.length === 0 ? "no parameter" : listNames(known),
      found: name,
      ...(nearest === undefined ? {} : { hint: `did you mean "${nearest}"?` }),
    });
    complete = false;
  }
  const params: Record<string, unknown> = {};
  for (const [name, { default: value }] of Object.entries(template.parameters)) {
    params[name] = Object.hasOwn(use.with, name) ? use.with[name] : value;
    if (params[name] !== undefined) continue;
    report({ message: `template "${use.template}" needs the parameter "${name}"`, expected: `with: { ${name}: … }`, found: "nothing" });
    complete = false;
  }
  return complete ? params : undefined;
}
