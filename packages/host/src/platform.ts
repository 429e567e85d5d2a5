import type { ConnectorDefinition, ConnectorServices, ContractCompiler, Language } from "@portolan/core";
import type { RequestCheck, WantedCheck } from "@portolan/gateway";

/** What is handed to a node, since a host knows no technology: connectors, languages, formats and contracts. */
export interface Platform {
  readonly connectors: readonly ConnectorDefinition[];
  /** Loaded only when an expression of the app is in that language. Paths of files start in the directory. */
  readonly languages: Readonly<Record<string, (directory: string) => Promise<Language>>>;
  /** Paths in options of formats start in the directory. */
  formats(directory: string): Promise<Pick<ConnectorServices, "format" | "formatFor" | "formatNames" | "readFile">>;
  /** Schema documents are read relative to the directory. `paths` are those that the app names: what reads them is loaded. */
  contracts(directory: string, paths: readonly string[]): Promise<ContractCompiler>;
  /** Opens the check of a proxy's requests by an API description of the app. Left out by whoever reads none. */
  readonly openRequestCheck?: (wanted: WantedCheck, services: ConnectorServices) => Promise<RequestCheck>;
}
