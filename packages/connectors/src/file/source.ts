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
};

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
