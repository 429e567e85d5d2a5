import { PortolanError } from "./portolan-error.ts";

/** What a load of optional packages threw: clear words if one of them is not installed, else the same. */
export function asMissingPackage(thrown: unknown, what: string, packages: readonly string[]): unknown {
  if (!(thrown instanceof Error) || !("code" in thrown) || !/^(?:ERR_)?MODULE_NOT_FOUND$/.test(String(thrown.code))) return thrown;
  // Whatever else is not found is a fault of an installation, and says so itself.
  const missing = packages.filter((name) => thrown.message.includes(`'${name}`));
  if (missing.length === 0) return thrown;
  const names = packages.join(" and ");
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `${what} needs ${names}, and ${missing.join(" and ")} is not installed`, {
    cause: thrown,
    hint: `npm install ${packages.join(" ")}`,
  });
}
