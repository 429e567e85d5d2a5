import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";
import { formatChoice } from "@portolan/formats";

const format = optional(formatChoice, "The format of the files. Without it, the one that has the extension of the file's name.");

export const fileSourceOptions = {
  directory: required(option.text, "The folder that is watched, without the folders in it."),
  include: withDefault(
    option.oneOrMore(option.name),
    ["*"],
    "Which files are taken: patterns of names with *, ? and {a,b}. Names that begin with a dot never are.",
  ),
  exclude: withDefault(option.oneOrMore(option.name), [], "Which of these are left alone."),
  order: withDefault(
    option.oneOf("name", "modified"),
    "name",
    "Which of several files comes first: by name, or the one that was modified first.",
  ),
  format,
  records: withDefault(
    option.boolean,
    false,
    "Whether each record of a file (ndjson, csv, fixed columns, the messages of EDI, the lines of a text) is a message of its own, instead of the file.",
  ),
  stream: withDefault(
    option.boolean,
    false,
    "Whether the body is a stream of the file's records (ndjson, csv, fixed columns, the messages of EDI, the lines of a text), which a split reads as it goes: the file may have any size, and is one message.",
  ),
  tail: withDefault(option.boolean, false, "Whether the files are left where they are and followed as they grow, line by line."),
  complete: withDefault(
    option.oneOf("unchanged", "atOnce", "readyFile"),
    "unchanged",
    "How a file is known to be complete: it has not changed from one look to the next; as soon as it is there (the sender renames it into the folder); " +
      "or a file with its name and `.ready` behind is there, too.",
  ),
  interval: withDefault(
    option.duration,
    1_000,
    "The time from one look into the folder to the next. Changes that the system reports are seen at once.",
  ),
  concurrency: withDefault(option.integer({ min: 1 }), 1, "How many files are open and in process at once."),
  attempts: withDefault(option.integer({ min: 1 }), 5, "How often a file is tried while the route fails for reasons that may pass."),
  maxBytes: withDefault(option.bytes, 64 * 1024 ** 2, "Larger files fail, unless they are read by `records`, `stream` or `tail`."),
  onSuccess: withDefault(option.oneOf("archive", "delete"), "archive", "What becomes of a file that was processed."),
  archive: withDefault(option.text, "archive", "The folder for files that were processed. A relative path starts in `directory`."),
  failed: withDefault(option.text, "failed", "The folder for files that could not be processed, each with the reason in a file beside it."),
};

export type FileSourceOptions = OptionsOf<typeof fileSourceOptions>;

export const fileTargetOptions = {
  directory: required(option.text, "The folder that is written to. It is made if it does not exist."),
  file: required(
    option.name,
    "The name of the file, in which {id} and {header.NAME} stand for the message's own, such as `order-{id}.json`.",
  ),
  format,
  mode: withDefault(
    option.oneOf("write", "append"),
    "write",
    "Whether each message makes a file of its own, or is one more record at the end of a file.",
  ),
  onExists: withDefault(
    option.oneOf("replace", "fail", "number"),
    "replace",
    "What happens if the file exists: it is replaced, the message is rejected, or the name gets a number.",
  ),
  fsync: withDefault(option.boolean, true, "Whether a message counts as written only when it is safe from a power cut."),
};

export type FileTargetOptions = OptionsOf<typeof fileTargetOptions>;
