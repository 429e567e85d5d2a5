import { resolve } from "node:path";
import { PortolanError, type Finding } from "@portolan/core";
import { findAppFiles, type AppFiles } from "./app-files.ts";
import { readConfig, type ConfigReading, type Environment, type NodeConfig } from "./config.ts";
import { readSourceFile } from "./source-file.ts";

/** The configuration of the app in a directory, its defaults filled in; the defaults alone if it has none. */
export async function loadConfig(directory: string, environment: Environment): Promise<NodeConfig> {
  const absolute = resolve(directory);
  const { config, findings } = await readConfigFile(absolute, await findAppFiles(absolute), environment);
  if (config === undefined) throw invalidConfiguration(absolute, findings);
  return config;
}

export async function readConfigFile(directory: string, files: AppFiles, environment: Environment): Promise<ConfigReading> {
  if (files.config === undefined) return readConfig(undefined, environment);
  const reading = await readSourceFile(directory, files.config);
  return "finding" in reading ? { config: undefined, findings: [reading.finding] } : readConfig(reading.source, environment);
}

/** One error for all that is wrong; the places' files become absolute, so that they can be shown from anywhere. */
export function invalidConfiguration(directory: string, findings: readonly Finding[], cause?: unknown): PortolanError {
  const placed = findings.map((finding) => withAbsolutePlace(finding, directory)).toSorted(byPlace);
  const [first] = placed;
  const message = placed.length === 1 && first !== undefined ? first.message : `the app has ${placed.length} configuration errors`;
  return new PortolanError("PORTOLAN_CONFIG_INVALID", message, { findings: placed, ...(cause === undefined ? {} : { cause }) });
}

function withAbsolutePlace(finding: Finding, directory: string): Finding {
  return finding.place === undefined ? finding : { ...finding, place: { ...finding.place, file: resolve(directory, finding.place.file) } };
}

/** In the order in which people read: file by file, from top to bottom. */
function byPlace({ place: a }: Finding, { place: b }: Finding): number {
  if (a?.file !== b?.file) return (a?.file ?? "") < (b?.file ?? "") ? -1 : 1;
  return (a?.line ?? 0) - (b?.line ?? 0);
}
