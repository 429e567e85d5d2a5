import type { SourceDefinition } from "@portolan/core";
import { type FileSourceOptions, fileSourceOptions } from "./options.ts";

export const fileSource: SourceDefinition<typeof fileSourceOptions> = {
  summary: "Takes the files of a folder, or follows them as they grow.",
  options: fileSourceOptions,
  replies: false,
  describe: ({ directory, include, tail }) => `${tail ? "tail" : "watch"} ${directory}/${include.join(",")}`,
  check: checkOptions,
  // Loaded where it is used.
  open: async (options, context) => (await import("./open-source.ts")).openFileSource(options, context),
  poll: {
    check: checkPolled,
    open: async (options, context) => (await import("./open-poll.ts")).openFilePoll(options, context),
  },
};

function checkPolled({ tail, records }: FileSourceOptions): readonly string[] {
  if (tail) return ["a file that is followed by `tail` cannot be polled: a route that follows it can send its lines to a channel"];
  return records ? ["a poll takes a whole file: use `stream` for its records, or a route that sends them to a channel"] : [];
}

function checkOptions({ tail, records, stream, format, complete }: FileSourceOptions): readonly string[] {
  if (stream && (records || tail)) return [`a file is one message with \`stream\`, and many with \`${records ? "records" : "tail"}\``];
  if (!tail) return [];
  const charset = format?.options?.["charset"];
  return [
    ...(complete === "unchanged" ? [] : ["`complete` says nothing about files that are followed by `tail`"]),
    ...(format?.name === "csv" && format.options?.["header"] !== false
      ? ["a CSV file is followed without its header: { csv: { header: false } }"]
      : []),
    ...(charset === "utf-16le" ? ["files in utf-16le cannot be followed"] : []),
  ];
}
