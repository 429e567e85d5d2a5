import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { PortolanError } from "@portolan/core";

/** The files that make an app, relative to its directory. */
export interface AppFiles {
  readonly config: string | undefined;
  /** In the directory itself and below `flows/`, in the order of their names. */
  readonly flows: readonly string[];
  /** The file whose default export is the app, if its name says so. */
  readonly code: string | undefined;
}

const CODE_EXTENSIONS = ["ts", "mts", "js", "mjs"];
const CONFIG_NAMES = [...CODE_EXTENSIONS, "json"].map((extension) => `portolan.config.${extension}`);
const CODE_NAMES = ["app", "index"].flatMap((name) => CODE_EXTENSIONS.map((extension) => `${name}.${extension}`));

/** Finds the files of an app by their names. */
export async function findAppFiles(directory: string): Promise<AppFiles> {
  const entries = await listDirectory(directory);
  const names = new Set(entries.filter((entry) => !entry.isDirectory()).map((entry) => entry.name));
  const below = entries.some((entry) => entry.name === "flows" && entry.isDirectory())
    ? await readdir(join(directory, "flows"), { recursive: true })
    : [];
  return {
    config: CONFIG_NAMES.find((name) => names.has(name)),
    flows: [...names, ...below.map((name) => join("flows", name))].filter(isFlowFile).toSorted(),
    code: CODE_NAMES.find((name) => names.has(name)),
  };
}

/** Whether a path names one file of an app rather than its directory. */
export function isAppFile(path: string): boolean {
  return isFlowFile(path) || /\.ya?ml$/.test(path) || CODE_EXTENSIONS.includes(extname(path).slice(1));
}

/** The app that one file is, with the configuration beside it. */
export function onlyFile(found: AppFiles, file: string): AppFiles {
  const isCode = CODE_EXTENSIONS.includes(extname(file).slice(1));
  return { config: found.config, flows: isCode ? [] : [file], code: isCode ? file : undefined };
}

function isFlowFile(file: string): boolean {
  return /\.flow\.ya?ml$/.test(file);
}

async function listDirectory(directory: string) {
  try {
    return await readdir(directory, { withFileTypes: true });
  } catch (cause) {
    const isFile = cause instanceof Error && "code" in cause && cause.code === "ENOTDIR";
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${directory} is no directory`, {
      cause,
      findings: [
        {
          path: "",
          message: `${directory} is no directory`,
          expected: "the directory of an app",
          found: isFile ? "a file of another kind" : "nothing that can be read",
        },
      ],
    });
  }
}
