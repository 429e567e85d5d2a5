import { ERROR_CODES, type AppDefinition, type ContractCheck, type RouteDefinition } from "@portolan/core";
import { KIND_WORDS } from "../../error-kinds.ts";
import { channelWords } from "../async-api-of-app.ts";
import type { Links } from "../app-links.ts";
import { code, facts, html, joined, section, slug, table, type Html } from "./html.ts";
import type { Page } from "./layout.ts";
import { routeUrl } from "./route-page.ts";
import { schemaTable } from "./schema-table.ts";

/** The app with what its parts lead to. */
export interface AppView {
  readonly app: AppDefinition;
  readonly links: ReadonlyMap<string, Links>;
  readonly shown: (text: string) => string;
  /** The files beside the site, by name. */
  readonly documents: readonly string[];
}

export function startPage({ app, documents, shown }: AppView): Page {
  const routes = app.routes.map((route) => [
    html`<a href="${routeUrl(route.id)}">${route.id}</a>`,
    route.title ?? "",
    joined(doorsOf(route, shown), "<br>"),
  ]);
  const channels = app.channels.map(({ name, mode }) => [html`<a href="channels.html#${slug(name)}">${name}</a>`, mode]);
  const systems = app.systems.map(({ name, title = "", owner = "" }) => [
    html`<a href="systems.html#${slug(name)}">${name}</a>`,
    title,
    owner,
  ]);
  const files = documents.map((name) => html`<li><a href="${name}">${name}</a></li>`);
  const content = html`<h1>${app.name}</h1>
    <p class="lead">What it offers, what it does, and whom it talks to.</p>
    ${section("Routes", table(["Route", "What it does", "Reached by"], routes))}
    ${section("Channels", table(["Channel", "Kind"], channels))} ${section("Systems", table(["System", "What it is", "Owner"], systems))}
    ${section(
      "Documents",
      files.length === 0
        ? []
        : html`<ul>
            ${files}
          </ul>`,
    )}`;
  return { url: "index.html", title: "Overview", kind: "app", content };
}

function doorsOf({ from }: RouteDefinition, shown: (text: string) => string): readonly Html[] {
  return from.map((source) =>
    source.kind === "channel"
      ? html`channel ${source.channel}`
      : html`${source.connector.title} ${code(shown(source.connector.source?.describe(source.options as never) ?? ""))}`,
  );
}

function routeLinks(routes: readonly RouteDefinition[]): Html | undefined {
  return routes.length === 0
    ? undefined
    : joined(
        routes.map(({ id }) => html`<a href="${routeUrl(id)}">${id}</a>`),
        ", ",
      );
}

/** Whose schema a channel's messages follow, by the channel's name. */
export function channelsPage({ app, links }: AppView, contracts: ReadonlyMap<string, ContractCheck>): Page {
  const sections = app.channels.map((channel) => {
    const { name, ttl, priority, capacity, mode, deadLetter } = channel;
    const contract = contracts.get(name)?.jsonSchema;
    return section(
      name,
      html`<p>${channelWords(channel)}</p>
        ${facts([
          ["Written by", routeLinks(app.routes.filter(({ id }) => links.get(id)?.channels.includes(name)))],
          [
            "Read by",
            routeLinks(app.routes.filter(({ from }) => from.some((source) => source.kind === "channel" && source.channel === name))),
          ],
          ["Messages live", ttl === undefined ? undefined : `${ttl} ms`],
          ["Priority", priority === undefined ? undefined : "Messages may go before others."],
          ["Holds", mode === "memory" ? `${capacity} messages` : undefined],
          ["Dead letters", deadLetter],
        ])}${contract === undefined ? html`<p>Anything: it has no contract.</p>` : schemaTable(contract)}`,
    );
  });
  return {
    url: "channels.html",
    title: "Channels",
    kind: "reference",
    content: html`<h1>Channels</h1>
      ${sections}`,
  };
}

export function systemsPage({ app, links, shown }: AppView): Page {
  const sections = app.systems.map(({ name, title, owner, note }) => {
    const callers = app.routes.filter(({ id }) => links.get(id)?.systems.includes(name));
    const calls = callers.map((route) => [
      html`<a href="${routeUrl(route.id)}">${route.id}</a>`,
      joined(
        (links.get(route.id)?.targetsOf(name) ?? []).map((words) => code(shown(words))),
        "<br>",
      ),
    ]);
    return section(
      name,
      html`<p class="lead">${title}</p>
        ${note === undefined ? "" : html`<p>${note}</p>`}${facts([["Owner", owner]])}${calls.length === 0 ? html`<p>No route calls it.</p>` : table(["Called by", "At"], calls)}`,
    );
  });
  return {
    url: "systems.html",
    title: "Systems",
    kind: "reference",
    content: html`<h1>Systems</h1>
      ${sections}`,
  };
}

export function errorsPage(): Page {
  const kinds = Object.entries(KIND_WORDS).map(([kind, words]) => [code(kind), words]);
  const rows = Object.entries(ERROR_CODES).map(([name, { kind, title, explanation }]) => [
    html`<span id="${name}">${code(name)}</span>`,
    kind,
    html`<strong>${title}</strong> ${explanation}`,
  ]);
  const content = html`<h1>Errors</h1>
    <p class="lead">What callers are told, and what it means.</p>
    <p>
      A REST door answers with a document of <code>application/problem+json</code> (RFC 9457): <code>type</code> is
      <code>urn:portolan:error:CODE</code>, <code>code</code> and <code>kind</code> say the same for programs, <code>errors</code> lists
      what is wrong in a body by JSON Pointer, and <code>instance</code> is what to quote when asking about it.
    </p>
    ${section("Kinds", table(["Kind", "What it means"], kinds))}${section("Codes", table(["Code", "Kind", "What it means"], rows))}`;
  return { url: "errors.html", title: "Errors", kind: "reference", content };
}
