import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join, relative } from "node:path";
import { promisify } from "node:util";
import { PortolanError } from "@portolan/core";

const run = promisify(execFile);

/** Another version of an app, as files. */
export interface OtherVersion extends AsyncDisposable {
  readonly path: string;
}

/**
 * The app at another revision of git, written beside the real one and removed when disposed of; or the directory that is named by its whole path. Nothing of the
 * repository is changed, nor of its index.
 */
export async function openOtherVersion(appPath: string, revision: string): Promise<OtherVersion> {
  if (isAbsolute(revision)) {
    if (!existsSync(revision)) throw new PortolanError("PORTOLAN_USAGE", `there is no directory ${revision} to compare with`);
    return { path: revision, [Symbol.asyncDispose]: () => Promise.resolve() };
  }
  const real = await realpath(appPath);
  const directory = (await stat(real)).isDirectory() ? real : dirname(real);
  const root = (await git(directory, ["rev-parse", "--show-toplevel"], "is no part of a git repository")).trim();
  await git(directory, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`], `has no revision "${revision}"`);
  const folder = await mkdtemp(join(tmpdir(), "portolan-against-"));
  const tree = join(folder, "tree");
  try {
    await mkdir(tree);
    // A work tree and an index of its own, so that those of the user stay as they are.
    await run("git", ["-C", root, "--work-tree", tree, "checkout", "--quiet", revision, "--", "."], {
      env: { ...process.env, GIT_INDEX_FILE: join(folder, "index") },
    });
    for (const place of new Set([root, directory])) await linkPackages(place, join(tree, relative(root, place)));
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new PortolanError(
      "PORTOLAN_USAGE",
      `the app at "${revision}" cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  return { path: join(tree, relative(root, real)), [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

async function git(directory: string, words: readonly string[], otherwise: string): Promise<string> {
  try {
    return (await run("git", ["-C", directory, ...words])).stdout;
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new PortolanError("PORTOLAN_USAGE", missing ? "git is not installed" : `${directory} ${otherwise}`, {
      cause,
      hint: "compare with a branch, a tag or a commit, or with a directory: --against ../before",
    });
  }
}

/** The packages that are installed now serve the other version, too. */
async function linkPackages(from: string, to: string): Promise<void> {
  const packages = join(from, "node_modules");
  if (existsSync(packages) && existsSync(to)) await symlink(packages, join(to, "node_modules"), "junction");
}
