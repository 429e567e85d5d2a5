import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { access, constants, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { ServerPlace } from "./definition.ts";

const run = promisify(execFile);
const PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0";

/** `group:artifact:version`, as Maven Central names it. */
type Artifact = string;

/** Jars of Maven Central. */
interface Jars {
  /** What they are kept under. */
  readonly name: string;
  readonly artifacts: readonly Artifact[];
  /** These go before the versions that the artifacts ask for. */
  readonly versions?: readonly Artifact[];
}

/** The folder of jars and of all that they need at run time. */
export async function jars(place: ServerPlace, { name, artifacts, versions = [] }: Jars): Promise<string> {
  return once(place, name, async (folder) => {
    await writeFile(join(folder, "pom.xml"), pom(artifacts, versions));
    await maven(folder, [`${PLUGIN}:copy-dependencies`, "-DincludeScope=runtime", "-DoutputDirectory=."]);
  });
}

/** The folder that an archive of Maven Central unpacks to. */
export async function unpacked(place: ServerPlace, name: string, archive: Artifact): Promise<string> {
  return once(place, name, async (folder) => {
    await maven(folder, [`${PLUGIN}:unpack`, `-Dartifact=${archive}`, "-DoutputDirectory=."]);
  });
}

/** A program, and the package of Debian that has it. */
interface Wanted {
  readonly name: string;
  readonly debian: string;
  /** Where it is looked for before PATH. */
  readonly folders?: readonly string[];
}

/** The path of a program. If it is not there, its package is installed, where this process may do so. */
export async function program(place: ServerPlace, { name, debian, folders = [] }: Wanted): Promise<string> {
  const found = await find(name, folders);
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || (await find("apt-get")) === undefined) {
    throw new Error(`${name} is not installed. On Debian it is in the package ${debian}.`);
  }
  place.say(`installing ${debian}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const install = () => run("apt-get", ["install", "-y", "--no-install-recommends", debian], { env });
  await install().catch(async () => {
    await run("apt-get", ["update"], { env });
    return install();
  });
  const installed = await find(name, folders);
  if (installed === undefined) throw new Error(`the package ${debian} has no program ${name}`);
  return installed;
}

/** The file of a program in one of these folders or in PATH. */
async function find(name: string, folders: readonly string[] = []): Promise<string | undefined> {
  for (const folder of [...folders, ...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/bin"]) {
    const file = join(folder, name);
    const executable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return file;
  }
  return undefined;
}

/** A folder of the cache, filled once. One that was left half filled has another name, and is never taken for a whole one. */
async function once(place: ServerPlace, name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(place.cache, name);
  if (existsSync(folder)) return folder;
  place.say(`fetching ${name}`);
  const part = `${folder}.${process.pid}.part`;
  await mkdir(part, { recursive: true });
  try {
    await fill(part);
    // Somebody else may have been faster.
    await rename(part, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return folder;
}

async function maven(folder: string, goals: readonly string[]): Promise<void> {
  const place = { folder, cache: folder, ports: {}, say: () => undefined };
  const mvn = await program(place, { name: "mvn", debian: "maven" });
  await run(mvn, ["-B", "-q", ...goals], { cwd: folder, maxBuffer: 16 * 1024 ** 2 });
}

function pom(artifacts: readonly Artifact[], versions: readonly Artifact[]): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>portolan</groupId><artifactId>server</artifactId><version>1</version><packaging>pom</packaging>
<dependencyManagement><dependencies>${versions.map(dependency).join("")}</dependencies></dependencyManagement>
<dependencies>${artifacts.map(dependency).join("")}</dependencies></project>`;
}

function dependency(artifact: Artifact): string {
  const [group, name, version] = artifact.split(":");
  return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
}
