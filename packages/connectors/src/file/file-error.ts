import { PortolanError, type ErrorKind, type PortolanErrorOptions } from "@portolan/core";

/** Faults of the name or the request: the same would fail again. */
const LASTING = new Set(["ENAMETOOLONG", "EISDIR", "ENOTDIR", "EINVAL", "ERR_INVALID_ARG_VALUE"]);

/** What the file system said, in Portolan's terms. */
export function fileError(doing: string, path: string, cause: unknown): PortolanError {
  const code = systemCode(cause);
  const kind: ErrorKind = code !== undefined && LASTING.has(code) ? "invalid" : "transient";
  return fileFailure(`${doing} ${path} failed: ${cause instanceof Error ? cause.message : String(cause)}`, {
    kind,
    cause,
    ...hintFor(code),
  });
}

export function fileFailure(message: string, options: PortolanErrorOptions): PortolanError {
  return new PortolanError("PORTOLAN_FILE_FAILED", message, options);
}

/** The code of a system error, such as ENOENT. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

export function isMissing(error: unknown): boolean {
  return systemCode(error) === "ENOENT";
}

const HINTS: Readonly<Record<string, string>> = {
  EACCES: "the process needs the right to read and write there",
  EPERM: "the process needs the right to read and write there",
  ENOENT: "create the folder, or mount the volume",
  ENOSPC: "free space on the volume",
  EDQUOT: "raise the quota or free space",
  EROFS: "the volume is read-only",
};

function hintFor(code: string | undefined): { readonly hint?: string } {
  const hint = code === undefined ? undefined : HINTS[code];
  return hint === undefined ? {} : { hint };
}
