import { patterns, readApp } from "@portolan/engine";
import { loadConfig, type Environment, type LoadedApp } from "@portolan/host";
import { platform } from "./platform.ts";

/** An app whose one route is the mocks of an API description. */
export async function mockApp(directory: string, file: string, environment: Environment): Promise<LoadedApp> {
  const source = { rest: { api: file, mock: true, policies: { cors: { origins: "*" } } } };
  const input = { name: file, flows: [], trees: [{ routes: { mock: { from: [source], steps: [] } } }] };
  const definition = readApp(input, { patterns, connectors: platform.connectors, variables: (name) => environment[name] });
  return { definition, input, config: await loadConfig(directory, environment), directory, files: [] };
}
