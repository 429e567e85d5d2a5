import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { PortolanError, type Format } from "@portolan/core";

export interface AppFile {
  /** Where relative paths start. */
  readonly directory: string;
  readonly format: Format | undefined;
}

/** The content of a file of an app. Read at once, since an app is put together before anything runs. */
export function readAppFile(path: string, { directory, format }: AppFile): unknown {
  if (format === undefined)
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${path} has no format that is known by its name`, {
      hint: "name it as in countries.csv or countries.json",
    });
  const file = resolve(directory, path);
  try {
    return format.decode(readFileSync(file));
  } catch (cause) {
    if (cause instanceof PortolanError) throw new PortolanError(cause.code, `${path}: ${cause.message}`, { kind: cause.kind, cause });
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    const found = code === "ENOENT" ? `no such file at ${file}` : code;
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${path} cannot be read: ${found}`, { cause });
  }
}
