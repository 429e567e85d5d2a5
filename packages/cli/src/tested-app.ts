import { loadApp, type Environment, type LoadedApp } from "@portolan/host";
import { createTestVariables } from "@portolan/testkit";
import { platform } from "./platform.ts";

/** Loads the app of a directory for tests, with stand-ins for variables that are not given. */
export function loadTestedApp(path: string, given: Readonly<Record<string, string>>): Promise<LoadedApp> {
  return loadApp({ path, platform, environment: anyEnvironment, variables: createTestVariables(given).read });
}

/** The configuration of a node is of no matter to a test: where it names a variable, any value will do that is a text, a number and a port. */
const anyEnvironment: Environment = new Proxy<Environment>({}, { get: () => "0" });
