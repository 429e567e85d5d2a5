import type { AppDefinition, ConnectorSourceNode, RouteDefinition } from "@portolan/core";
import type { ProxyOptions } from "@portolan/gateway";
import type { LoadedApp } from "@portolan/host";
import type { Paint } from "./paint.ts";
import { renderTable } from "./table.ts";

/** What an app is made of, for people: its doors, proxies and other sources, its systems and its channels, and where each was found. */
export function renderApp({ definition: app, config }: Pick<LoadedApp, "definition" | "config">, paint: Paint): string {
  const sections = [
    section(
      "doors",
      app.routes.flatMap((route) =>
        sources(route)
          .filter(({ connector }) => connector.source?.replies === true)
          .map((source) => sourceRow(route, source)),
      ),
    ),
    section("proxies", Object.entries(config.http.proxies).map(proxyRow)),
    section(
      "sources",
      app.routes.flatMap((route) =>
        sources(route)
          .filter(({ connector }) => connector.source?.replies !== true)
          .map((source) => sourceRow(route, source)),
      ),
    ),
    section(
      "systems",
      app.systems.map(({ name, title, owner }) => [name, title ?? "", owner === undefined ? "" : `owner ${owner}`]),
    ),
    section(
      "channels",
      app.channels.map(({ name, mode, orderedBy }) => [name, mode, orderedBy === undefined ? "" : "ordered", readBy(app, name)]),
    ),
  ];
  return sections
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, rows }) => `  ${paint("bold", title)}\n${renderTable(rows.map((row) => [`    ${row[0] ?? ""}`, ...row.slice(1)]))}`)
    .join("");
}

function section(title: string, rows: readonly (readonly string[])[]) {
  return { title, rows };
}

function proxyRow([name, { path, targets, api }]: [string, ProxyOptions]): string[] {
  const addresses = targets.map((target) => (typeof target === "string" ? target : target.url));
  return [path.join(", "), name, `to ${addresses.join(", ")}`, api === undefined ? "" : `checked by ${api}`];
}

function sources(route: RouteDefinition): ConnectorSourceNode[] {
  return route.from.filter((source) => source.kind === "connector");
}

function sourceRow(route: RouteDefinition, source: ConnectorSourceNode): string[] {
  const { place = route.place } = source;
  // The options were read by the source's own specs.
  const description = source.connector.source?.describe(source.options as never) ?? source.connector.name;
  return [description, route.id, place === undefined ? "" : [place.file, place.line].filter((part) => part !== undefined).join(":")];
}

function readBy(app: AppDefinition, channel: string): string {
  const readers = app.routes.filter(({ from }) => from.some((source) => source.kind === "channel" && source.channel === channel));
  return readers.length === 0 ? "" : `read by ${readers.map(({ id }) => id).join(", ")}`;
}
