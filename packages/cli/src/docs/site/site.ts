import type { ContractCheck } from "@portolan/core";
import type { ApiDocument } from "@portolan/formats/openapi";
import { contractPaths, type LoadedApp } from "@portolan/host";
import { platform } from "../../platform.ts";
import type { AppDocument } from "../app-documents.ts";
import { linksOf } from "../app-links.ts";
import type { RouteExample } from "../route-examples.ts";
import { apiPage, sourcePage } from "./api-page.ts";
import { SCRIPT, STYLE } from "./assets.ts";
import { framed, searchIndex, type Page } from "./layout.ts";
import { channelsPage, errorsPage, startPage, systemsPage, type AppView } from "./overview-pages.ts";
import { routePage } from "./route-page.ts";

export interface SiteOf {
  readonly app: LoadedApp;
  readonly version: string;
  readonly api: ApiDocument;
  readonly documents: readonly AppDocument[];
  readonly examples: ReadonlyMap<string, readonly RouteExample[]>;
  /** Puts the names of variables in place of their stand-ins. */
  readonly shown: (text: string) => string;
}

/** The documentation site of an app: pages that work from a disk and load nothing from elsewhere. */
export async function siteOf({ app, version, api, documents, examples, shown }: SiteOf): Promise<readonly AppDocument[]> {
  const { definition, directory, config } = app;
  const contracts = await platform.contracts(directory, contractPaths(definition));
  const check = (contract: Parameters<typeof contracts.compile>[0] | undefined): ContractCheck | undefined =>
    contract === undefined ? undefined : contracts.compile(contract);
  const links = new Map(definition.routes.map((route) => [route.id, linksOf(route)]));
  const view: AppView = { app: definition, links, shown, documents: documents.map(({ name }) => name) };
  const routes = definition.routes.map((route) =>
    routePage({
      route,
      input: check(route.input),
      output: check(route.output),
      links: linksOf(route),
      examples: examples.get(route.id) ?? [],
      deadLetter: route.deadLetter === false ? undefined : (route.deadLetter ?? definition.errors.deadLetter),
      hostPolicies: config.http.policies,
      shown,
    }),
  );
  const channels = new Map(
    definition.channels.flatMap(({ name, contract }) => (contract === undefined ? [] : [[name, contracts.compile(contract)] as const])),
  );
  const references: readonly Page[] = [
    ...(api.operations.length === 0 ? [] : [apiPage(api)]),
    ...documents.filter(({ name }) => /\.(graphql|wsdl)$|^asyncapi\.yaml$|mcp-tools\.json$/.test(name)).map(sourcePage),
    ...(definition.channels.length === 0 ? [] : [channelsPage(view, channels)]),
    ...(definition.systems.length === 0 ? [] : [systemsPage(view)]),
    errorsPage(),
  ];
  const pages = [startPage(view), ...routes, ...references];
  const site = {
    name: definition.name,
    version,
    menu: [
      { title: "Routes", links: routes },
      { title: "Reference", links: references },
    ],
  };
  return [
    ...pages.map((page) => ({ name: page.url, content: framed(page, site) })),
    { name: "assets/site.css", content: STYLE },
    { name: "assets/site.js", content: SCRIPT },
    { name: "assets/pages.js", content: searchIndex(pages) },
  ];
}
