import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { PortolanError, describeValue, type AppDefinition, type Finding } from "@portolan/core";
import { isApp, patterns, readApp, type AppInput } from "@portolan/engine";
import { findAppFiles, isAppFile, onlyFile } from "./app-files.ts";
import type { Environment, NodeConfig } from "./config.ts";
import { readFlowFile } from "./flow-file.ts";
import { invalidConfiguration, readConfigFile } from "./load-config.ts";
import type { Platform } from "./platform.ts";
import { readSourceFile } from "./source-file.ts";

export interface LoadOptions {
  /** The app's directory, or one file: then the app is that file, with the configuration beside it. */
  readonly path: string;
  readonly platform: Platform;
  readonly environment: Environment;
  /** The variables of the app's options. Default: the environment's. */
  readonly variables?: (name: string) => string | undefined;
}

export interface LoadedApp {
  readonly definition: AppDefinition;
  /** What the definition was read from. */
  readonly input: AppInput;
  readonly config: NodeConfig;
  readonly directory: string;
  /** The files that it was read from, relative to the directory. */
  readonly files: readonly string[];
}

/** Finds and reads an app with its configuration. Throws PORTOLAN_CONFIG_INVALID with all that is wrong in any of its files. */
export async function loadApp({ path, platform, environment, variables = (name) => environment[name] }: LoadOptions): Promise<LoadedApp> {
  const absolute = resolve(path);
  const isFile = isAppFile(absolute);
  const directory = isFile ? dirname(absolute) : absolute;
  const found = await findAppFiles(directory);
  const files = isFile ? onlyFile(found, basename(absolute)) : found;
  const { config, findings: configFindings } = await readConfigFile(directory, files, environment);
  const code = isFile ? files.code : (config?.main ?? files.code);

  const sources = [...files.flows, ...(code === undefined ? [] : [code])];
  const missing = sources.filter((file) => !existsSync(join(directory, file)));
  const findings = [...configFindings, ...missing.map((file) => missingFile(directory, file))];
  if (sources.length === 0) findings.push(nothingFound(directory));

  const reading = code === undefined || missing.includes(code) ? undefined : await readSourceFile(directory, code);
  if (reading !== undefined && "finding" in reading) findings.push(reading.finding);
  const value = reading !== undefined && "source" in reading ? reading.source.value : undefined;
  const app = isApp(value) ? value : undefined;
  if (code !== undefined && value !== undefined && app === undefined) findings.push(noApp(code, value));
  const present = files.flows.filter((file) => !missing.includes(file));
  const readings = await Promise.all(present.map((file) => readFlowFile(directory, file)));
  const flows = readings.flatMap((one) => ("flow" in one ? [one.flow] : []));
  findings.push(...readings.flatMap((one) => ("finding" in one ? [one.finding] : [])));

  const name = config?.name ?? app?.name ?? basename(directory);
  const input: AppInput = { name, durability: config?.durability, flows, trees: app === undefined ? [] : [app.flow] };
  const definition = readDefinition(input, { platform, variables, code, findings });
  if (config === undefined || definition === undefined || findings.length > 0) throw invalidConfiguration(directory, findings);
  return { definition, input, config, directory, files: [...(files.config === undefined ? [] : [files.config]), ...sources] };
}

interface ReadingContext extends Required<Pick<LoadOptions, "platform" | "variables">> {
  readonly code: string | undefined;
  readonly findings: Finding[];
}

function readDefinition(input: AppInput, { platform, variables, code, findings }: ReadingContext): AppDefinition | undefined {
  // What the builder made has no lines, but it has a file.
  const place = code === undefined ? {} : { place: { file: code } };
  try {
    const app = readApp(input, { patterns, connectors: platform.connectors, variables });
    return { ...app, routes: app.routes.map((route) => (route.place === undefined ? { ...route, ...place } : route)) };
  } catch (error) {
    if (!(error instanceof PortolanError) || error.findings === undefined) throw error;
    findings.push(...error.findings.map((finding) => ({ ...place, ...finding })));
    return undefined;
  }
}

function missingFile(directory: string, file: string): Finding {
  return { path: file, message: `there is no file ${file}`, expected: `a file of the app in ${directory}`, found: "nothing" };
}

function noApp(file: string, value: unknown): Finding {
  return {
    path: file,
    message: "the default export is no app",
    expected: "export default app(NAME, { routes: [...] })",
    found: describeValue(value),
    place: { file },
  };
}

function nothingFound(directory: string): Finding {
  return {
    path: "",
    message: `no app in ${directory}`,
    expected: "a *.flow.yaml file here or below flows/, or an app.ts or index.ts whose default export is an app",
    found: "none of these",
    hint: "name the directory of the app, or say which file it is with `main` in portolan.config.json",
  };
}
