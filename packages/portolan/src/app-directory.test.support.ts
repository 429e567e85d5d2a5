import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The directory of an app, for the tests; it goes when the test ends. */
export interface AppDirectory extends AsyncDisposable {
  readonly path: string;
  write(name: string, text: string): Promise<void>;
}

export async function createAppDirectory(files: Readonly<Record<string, string>>): Promise<AppDirectory> {
  const path = await mkdtemp(join(tmpdir(), "portolan-app-"));
  const write = async (name: string, text: string) => {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  };
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { path, write, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
