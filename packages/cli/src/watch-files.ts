import { watch } from "node:fs";
import { basename, join, sep } from "node:path";

export interface WatchOptions {
  readonly directory: string;
  /** Whether case files count, too. */
  readonly cases?: boolean;
  /** Absolute paths of further files that count, such as contracts; asked at each change. */
  also(): ReadonlySet<string>;
  /** Called once for changes that come together, with one of the files, relative to the directory. */
  onChange(file: string): void;
  onError(error: Error): void;
}

/** Editors write a file in several steps, and tools several files: one restart is enough for all. */
const SETTLE_MS = 60;
const IGNORED = new Set(["node_modules", ".git", ".portolan"]);
/** What an app is made of. Data files do not count unless `also` names them: the app itself may write them. */
const APP_FILE = /(\.flow\.ya?ml|\.[cm]?[jt]s|portolan\.config\.json)$/;

const CASE_FILE = /\.case\.yaml$/;

/** Watches the files that an app is made of, also those that do not exist yet. */
export function watchAppFiles(options: WatchOptions): { close(): void } {
  const { directory } = options;
  let timer: NodeJS.Timeout | undefined;
  const ignore = (name: string) => name.split(sep).some((part) => IGNORED.has(part));
  const watcher = watch(directory, { recursive: true, ignore }, (_event, name) => {
    if (name === null || ignore(name) || basename(name).startsWith(".#")) return;
    const counts = APP_FILE.test(name) || (options.cases === true && CASE_FILE.test(name));
    if (!counts && !options.also().has(join(directory, name))) return;
    clearTimeout(timer);
    timer = setTimeout(() => options.onChange(name), SETTLE_MS);
  });
  watcher.on("error", options.onError);
  return {
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
