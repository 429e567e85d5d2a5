import type { ConnectorServices, Language } from "@portolan/core";
import type { EngineOptions } from "@portolan/engine";
import type { LoadedApp } from "./load-app.ts";
import type { Platform } from "./platform.ts";
import { contractPaths, usedLanguages } from "./app-contents.ts";
import { spool } from "./spool.ts";

/** What an engine needs of the platform for this app; languages and formats are loaded here, and only those that are used. */
export async function engineParts(
  app: LoadedApp,
  platform: Platform,
  { http, isProduction }: { readonly http: unknown; readonly isProduction: boolean },
): Promise<Pick<EngineOptions, "app" | "connectors" | "contracts" | "languages" | "services">> {
  const { definition, directory } = app;
  const [languages, formats, contracts] = await Promise.all([
    loadLanguages(app, platform),
    platform.formats(directory),
    platform.contracts(directory, contractPaths(definition)),
  ]);
  const services: ConnectorServices = { ...formats, directory, spool, isProduction, ...(http === undefined ? {} : { http }) };
  return { app: definition, connectors: platform.connectors, contracts, languages, services };
}

function loadLanguages({ definition, directory }: LoadedApp, platform: Platform): Promise<Language[]> {
  const used = usedLanguages(definition);
  return Promise.all(Object.entries(platform.languages).flatMap(([name, load]) => (used.has(name) ? [load(directory)] : [])));
}
