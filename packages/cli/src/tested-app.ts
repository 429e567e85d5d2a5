import { loadApp, type Environment, type LoadedApp } from "@portolan/host";
import { createTestVariables, type TestVariables } from "@portolan/testkit";
import { platform } from "./platform.ts";

/** Loads the app of a directory for tests, with stand-ins for variables that are not given. */
export async function loadTestedApp(path: string, given: Readonly<Record<string, string>>): Promise<LoadedApp> {
  return (await loadAnywhere(path, given)).app;
}

/** An app as it is on every machine, and how texts of it are shown: with the names of variables in place of their stand-ins. */
export interface AppAnywhere {
  readonly app: LoadedApp;
  readonly shown: TestVariables["shown"];
}

export async function loadAnywhere(path: string, given: Readonly<Record<string, string>> = {}): Promise<AppAnywhere> {
  const { read, shown } = createTestVariables(given);
  const app = await loadApp({ path, platform, environment: anyEnvironment, variables: read });
  return { app, shown };
}

/** The configuration of a node is of no matter to a test: where it names a variable, any value will do that is a text, a number and a port. */
const anyEnvironment: Environment = new Proxy<Environment>({}, { get: () => "0" });
