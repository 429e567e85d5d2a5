/** The parts of a package-lock.json that are checked. */
export interface LockFile {
  readonly packages: Readonly<Record<string, LockEntry>>;
}

interface LockEntry {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly inBundle?: boolean;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const ALLOWED_LICENCES = new Set([
  "MIT",
  "MIT-0",
  "ISC",
  "BSD",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "BlueOak-1.0.0",
  "0BSD",
  "CC0-1.0",
]);

const FOREIGN_SPEC = /^(?:git(?:\+\w+)?|github|gitlab|bitbucket|gist|file|link|https?|npm):|^[\w.-]+\/[\w.-]+/;

/** What makes an install depend on more than the registry's immutable archives. */
export function sourceFindings(lock: LockFile): readonly string[] {
  return Object.entries(lock.packages).flatMap(([key, entry]) => [...specFindings(key, entry), ...archiveFindings(key, entry)]);
}

/**
 * Dependencies that the lock file names and has no entry for: `npm ci` refuses such a file. npm writes one when a registry
 * lacks the package of a platform at the version that another package wants.
 */
export function gapFindings(lock: LockFile): readonly string[] {
  return Object.entries(lock.packages).flatMap(([key, entry]) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
      .filter((name) => !isFound(lock, key, name))
      .map((name) => `${key || "the workspace"}: depends on ${name}, which the lock file has no entry for`),
  );
}

/** As Node looks: in the package's own node_modules, then in those of each folder above it. */
function isFound(lock: LockFile, key: string, name: string): boolean {
  for (let folder = key; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    if (lock.packages[folder === "" ? `node_modules/${name}` : `${folder}/node_modules/${name}`] !== undefined) return true;
    if (folder === "") return false;
  }
}

/** Packages that users would install and whose licence is not on the allow list. */
export function licenceFindings(lock: LockFile): readonly string[] {
  return Object.entries(lock.packages)
    .filter(([key, entry]) => isInstalled(key, entry) && entry.dev !== true && !isAllowed(entry.license))
    .map(([key, entry]) => `${key}: ${entry.license ?? "no licence"} is not on the allow list of licences`);
}

function specFindings(key: string, entry: LockEntry): readonly string[] {
  const specs = { ...entry.dependencies, ...entry.devDependencies, ...entry.optionalDependencies };
  return Object.entries(specs)
    .filter(([, spec]) => FOREIGN_SPEC.test(spec))
    .map(([name, spec]) => `${key || "the workspace"}: depends on ${name} as "${spec}", expected a version from the registry`);
}

function archiveFindings(key: string, entry: LockEntry): readonly string[] {
  // A bundled package comes inside the archive of the one that bundles it.
  if (!isInstalled(key, entry) || entry.inBundle === true) return [];
  const findings: string[] = [];
  if (!/^sha512-[\w+/]+=*$/.test(entry.integrity ?? ""))
    findings.push(`${key}: expected a sha512 integrity, found ${entry.integrity ?? "none"}`);
  if (entry.resolved !== undefined)
    findings.push(`${key}: names the address ${entry.resolved}, expected none: the machine knows its registry`);
  if (entry.name !== undefined) findings.push(`${key}: is an alias of ${entry.name}`);
  return findings;
}

function isInstalled(key: string, entry: LockEntry): boolean {
  return key.includes("node_modules/") && entry.link !== true;
}

function isAllowed(licence: string | undefined): boolean {
  if (licence === undefined) return false;
  const choices = licence.replace(/[()]/g, "").split(/ or /i);
  return choices.some((choice) => choice.split(" AND ").every((name) => ALLOWED_LICENCES.has(name.trim())));
}
