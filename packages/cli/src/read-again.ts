import type { LoadedApp } from "@portolan/host";

const CODE = /\.[cm]?[jt]s$/;
const CONFIGURATION = /(?:^|[/\\])portolan\.config\.\w+$/;

/** Whether an app can be read again by a process that has read it before: code is read once, and the configuration is that of the start. */
export function canBeReadAgain({ files }: Pick<LoadedApp, "files">): boolean {
  return files.every((file) => CONFIGURATION.test(file) || !CODE.test(file));
}

/** Whether a change of the file is seen without a new process. */
export function isSeenAgain(file: string): boolean {
  return !CODE.test(file) && !CONFIGURATION.test(file);
}
