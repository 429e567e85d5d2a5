import { link, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { createIds, PortolanError } from "@portolan/core";
import type { Format, Message, Reply, RunningTarget, TargetContext, TargetDefinition } from "@portolan/core";
import { chosenFormat, createFormats } from "@portolan/formats";
import { fileError, fileFailure, isMissing, systemCode } from "./file-error.ts";
import { checkTemplate, fillTemplate } from "./name-template.ts";
import { type FileTargetOptions, fileTargetOptions } from "./options.ts";
import { placed, syncFolder, writeAtomically, writeTemporary } from "./placement.ts";

/** What a call of the target gets back. */
export interface WrittenFile {
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
}

export const fileTarget: TargetDefinition<typeof fileTargetOptions> = {
  summary: "Writes each message to a file of its own, or appends it to one. The reply tells the path.",
  options: fileTargetOptions,
  replies: true,
  describe: ({ directory, file, mode }) => `${mode} ${directory}/${file}`,
  check({ file, format }) {
    const fault = checkTemplate(file);
    if (fault !== undefined) return [fault];
    if (format !== undefined || createFormats().formatOfFile(file) !== undefined) return [];
    return ["`format` is needed where the extension of `file` names none"];
  },
  open: openTarget,
};

async function openTarget(options: FileTargetOptions, { services, clock, random }: TargetContext): Promise<RunningTarget> {
  const directory = resolve(services.directory, options.directory);
  const format = formatOf(options, services);
  const nextId = createIds(() => clock.now(), random);
  const inProcess = new Set<Promise<unknown>>();
  await guarded("creating the folder", directory, () => mkdir(directory, { recursive: true }));
  const append = createAppender(format, options.fsync);

  async function write(path: string, bytes: Uint8Array): Promise<WrittenFile> {
    // Not named after the file, whose name may be as long as names can be.
    const temporary = join(dirname(path), `.${nextId()}.tmp`);
    if (options.onExists === "replace") {
      await writeAtomically({ path, temporary, bytes, sync: options.fsync });
      return { path, size: bytes.length };
    }
    await writeTemporary({ temporary, bytes, sync: options.fsync });
    const taken = await placed(temporary, () => placeNew(temporary, path, options.onExists === "number"));
    if (options.fsync) await syncFolder(dirname(path));
    return { path: taken, size: bytes.length };
  }

  async function send(message: Message): Promise<Reply> {
    const path = join(directory, fillTemplate(options.file, message));
    const written = options.mode === "append" ? append(path, message.body) : write(path, format.encode(message.body));
    return { body: await guarded("writing", path, () => written), headers: {} };
  }

  return {
    async send(message) {
      const sending = send(message);
      inProcess.add(sending);
      return sending.finally(() => inProcess.delete(sending));
    },
    async close() {
      await Promise.allSettled(inProcess);
    },
  };
}

function formatOf({ format, file }: FileTargetOptions, services: TargetContext["services"]): Format {
  if (format !== undefined) return chosenFormat(format, services);
  const found = createFormats().formatOfFile(file);
  // `check` has refused such options.
  if (found === undefined) throw new PortolanError("PORTOLAN_CONFIG_INVALID", `the name ${file} tells no format`);
  return services.format(found.name) ?? found;
}

/** Gives a file a name that no other has: an exclusive link, unlike a rename, never replaces. */
async function placeNew(temporary: string, path: string, numbered: boolean): Promise<string> {
  for (let number = 0; ; number++) {
    const name = number === 0 ? path : numberedName(path, number);
    try {
      await linkOrRename(temporary, name);
      return name;
    } catch (cause) {
      if (systemCode(cause) !== "EEXIST") throw cause;
      if (!numbered) {
        throw fileFailure(`the file ${path} exists`, { kind: "rejected", cause, hint: "use another name, or onExists: number" });
      }
    }
  }
}

async function linkOrRename(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await rm(from);
  } catch (error) {
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(systemCode(error) ?? "")) throw error;
    // A volume without links: the name is reserved by an empty file first.
    await (await open(to, "wx")).close();
    await rename(from, to);
  }
}

function numberedName(path: string, number: number): string {
  const extension = extname(path);
  return join(dirname(path), `${basename(path, extension)}-${number}${extension}`);
}

/** Appends records, to one file one after another. A record that could not be written wholly leaves nothing behind. */
function createAppender(format: Format, fsync: boolean): (path: string, body: unknown) => Promise<WrittenFile> {
  const last = new Map<string, Promise<unknown>>();
  const encode = (body: unknown, isFirst: boolean) => format.encodeRecord?.(body, isFirst) ?? format.encode(body);

  async function append(path: string, body: unknown): Promise<WrittenFile> {
    // Before the file is made: a body that cannot be written makes none.
    const bytes = encode(body, (await sizeOf(path)) === 0);
    const handle = await openForAppend(path);
    try {
      const { size } = await handle.stat();
      try {
        await handle.writeFile(bytes);
        if (fsync) await handle.sync();
      } catch (error) {
        // What is no regular file has nothing to cut off.
        if ((await handle.stat()).isFile()) await handle.truncate(size);
        throw error;
      }
      if (fsync && size === 0) await syncFolder(dirname(path));
      return { path, size: size + bytes.length };
    } finally {
      await handle.close();
    }
  }

  return async (path, body) => {
    const before = last.get(path);
    const written = (async () => {
      await Promise.allSettled([before]);
      return append(path, body);
    })();
    last.set(path, written);
    try {
      return await written;
    } finally {
      if (last.get(path) === written) last.delete(path);
    }
  };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

async function openForAppend(path: string) {
  try {
    return await open(path, "a");
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(dirname(path), { recursive: true });
    return open(path, "a");
  }
}

async function guarded<T>(doing: string, path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof PortolanError ? error : fileError(doing, path, error);
  }
}
