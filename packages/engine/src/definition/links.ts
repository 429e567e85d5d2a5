import { listNames, nearestName, type AppDefinition, type Finding, type RouteDefinition } from "@portolan/core";
import { endpointsOf } from "./endpoints.ts";

type Report = (path: readonly (string | number)[], finding: Omit<Finding, "path">) => void;

/** Checks what can only be seen on the whole app: names that must exist, ids that must be unique, options that exclude each other. */
export function checkLinks(app: AppDefinition, report: Report): void {
  const routes = app.routes.map((route) => route.id);
  const systems = app.systems.map((system) => system.name);
  const checkEndpoints = (value: unknown, path: readonly string[]) => {
    for (const { endpoint, step } of endpointsOf(value)) {
      const place = step?.place === undefined ? {} : { place: step.place };
      if (endpoint.kind === "route" && !routes.includes(endpoint.route))
        report(path, { ...missing("route", endpoint.route, routes), ...place });
      if (endpoint.kind === "connector" && "system" in endpoint && endpoint.system !== undefined && !systems.includes(endpoint.system)) {
        report(path, { ...missing("system", endpoint.system, systems), ...place });
      }
    }
  };
  checkEndpoints(app.errors, ["errors"]);
  checkEndpoints(app.intercept, ["intercept"]);
  for (const route of app.routes) {
    const path = ["routes", route.id];
    checkEndpoints([route.steps, route.onError, route.onComplete, route.intercept], path);
    for (const [index, completion] of route.onComplete.entries()) {
      if (completion.mode === "before" && completion.on !== "success") {
        report([...path, "onComplete", index], {
          message: "`mode: before` needs `on: success`",
          expected: "on: success",
          found: completion.on,
        });
      }
    }
    for (const id of duplicateIds(route))
      report(path, { message: `step id "${id}" exists twice`, expected: "each id once in a route", found: id });
  }
  for (const { name, ...map } of app.valueMaps) {
    const path = ["valueMaps", name];
    const rows = (["values", "file", "route"] as const).filter((key) => map[key] !== undefined);
    if (rows.length !== 1)
      report(path, {
        message: "a value map has its rows from one place",
        expected: "one of values, file and route",
        found: rows.join(" and ") || "none",
      });
    if (map.route !== undefined && !routes.includes(map.route)) report([...path, "route"], missing("route", map.route, routes));
    if (map.values !== undefined && map.refresh !== undefined)
      report([...path, "refresh"], { message: "`values` do not change", expected: "refresh with file or route only", found: "refresh" });
  }
  for (const channel of app.channels) {
    const path = ["channels", channel.name];
    if (channel.priority !== undefined && channel.orderedBy !== undefined) {
      report(path, { message: "`priority` and `orderedBy` exclude each other", expected: "one of them", found: "both" });
    }
    if (channel.name.startsWith("route:"))
      report(path, { message: "names that begin with route: are inboxes of routes", expected: "another name", found: channel.name });
  }
}

function missing(what: string, name: string, known: readonly string[]): Omit<Finding, "path" | "place"> {
  const nearest = nearestName(name, known);
  return {
    message: `there is no ${what} "${name}"`,
    expected: known.length === 0 ? `a ${what} of this app` : listNames(known),
    found: name,
    ...(nearest === undefined ? {} : { hint: `did you mean "${nearest}"?` }),
  };
}

function duplicateIds(route: RouteDefinition): readonly string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const id of stepIds([route.steps, route.onError, route.onComplete, route.intercept])) {
    if (seen.has(id)) twice.add(id);
    seen.add(id);
  }
  return [...twice];
}

function* stepIds(value: unknown): Iterable<string> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* stepIds(item);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return;
  if ("pattern" in value && "id" in value && "path" in value) yield String(value.id);
  for (const child of Object.values(value)) yield* stepIds(child);
}
