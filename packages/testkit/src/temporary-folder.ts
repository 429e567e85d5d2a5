import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder of a test's own. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly root: string;
  path(name: string): string;
  /** As a careful sender does it: written under another name, then renamed. Data are written as JSON. */
  put(name: string, content: unknown): Promise<void>;
  append(name: string, text: string): Promise<void>;
  /** The names in a folder, sorted; none if there is no such folder. */
  names(folder?: string): Promise<readonly string[]>;
  /** The texts of the files in a folder, in the order of their names. */
  texts(folder?: string): Promise<readonly string[]>;
}

/** Made below the system's folder for temporary files, and removed when disposed of. */
export async function createTemporaryFolder(): Promise<TemporaryFolder> {
  const root = await mkdtemp(join(tmpdir(), "portolan-"));
  const path = (name: string) => join(root, name);

  async function names(folder = "."): Promise<readonly string[]> {
    try {
      return (await readdir(path(folder))).toSorted();
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
      throw error;
    }
  }

  return {
    root,
    path,
    names,
    async put(name, content) {
      await mkdir(dirname(path(name)), { recursive: true });
      const unfinished = join(dirname(path(name)), `.unfinished-${name.replaceAll("/", "-")}`);
      await writeFile(unfinished, typeof content === "string" ? content : JSON.stringify(content));
      await rename(unfinished, path(name));
    },
    append: (name, text) => appendFile(path(name), text),
    async texts(folder = ".") {
      return Promise.all((await names(folder)).map((name) => readFile(path(join(folder, name)), "utf8")));
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}
