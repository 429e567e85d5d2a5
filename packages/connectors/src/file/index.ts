import { attachConnector, type ConnectorDefinition, defineConnector, type Duration, type SourceRef, type TargetRef } from "@portolan/core";
import { fileSource } from "./source.ts";
import { fileTarget, type WrittenFile } from "./target.ts";

export type { WrittenFile };

/** Files in folders. */
export const fileConnector: ConnectorDefinition = defineConnector({
  name: "file",
  title: "Files",
  summary: "Takes files from a folder, follows growing files, and writes files.",
  source: fileSource,
  target: fileTarget,
});

/** A format by name, or with options, such as `{ csv: { delimiter: ";" } }`. */
type FormatInput = string | Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface FolderInput {
  readonly directory: string;
  readonly include?: string | readonly string[];
  readonly exclude?: string | readonly string[];
  readonly format?: FormatInput;
  readonly interval?: Duration;
  readonly failed?: string;
}

export interface WatchInput extends FolderInput {
  readonly order?: "name" | "modified";
  readonly records?: boolean;
  readonly stream?: false;
  readonly complete?: "unchanged" | "atOnce" | "readyFile";
  readonly concurrency?: number;
  readonly attempts?: number;
  readonly maxBytes?: number | string;
  readonly onSuccess?: "archive" | "delete";
  readonly archive?: string;
}

/** A file as one message whose body streams its records. */
export interface StreamInput extends Omit<WatchInput, "records" | "stream" | "maxBytes"> {
  readonly stream: true;
}

/** The type of the bodies that a watched folder yields. */
interface Watch {
  <Element = unknown>(options: StreamInput): SourceRef<AsyncIterable<Element>>;
  <Body = unknown>(options: WatchInput): SourceRef<Body>;
}

export interface WriteInput {
  readonly directory: string;
  readonly file: string;
  readonly format?: FormatInput;
  readonly mode?: "write" | "append";
  readonly onExists?: "replace" | "fail" | "number";
  readonly fsync?: boolean;
}

/**
 * Sources and a target of files.
 *
 * @example
 * route("load").from(file.watch({ directory: "in", include: "*.csv", records: true }))
 * route("rows").from(file.watch<Row>({ directory: "in", include: "*.ndjson", stream: true })).split((m) => m.body, (r) => r.to(rows))
 * route("logs").from(file.tail({ directory: "/var/log/shop", include: "access.log" }))
 * route("save").to(file.write({ directory: "out", file: "order-{id}.json" }))
 */
export const file = {
  /** Takes the files of a folder, one message each, or one for each record. With `stream: true` the body is an async iterable of records. */
  watch: ((options: WatchInput | StreamInput) => attachConnector(fileConnector, options)) as Watch,
  /** Follows files line by line as they grow. */
  tail: <Body = unknown>(options: FolderInput): SourceRef<Body> => attachConnector(fileConnector, { ...options, tail: true }),
  write: <In = unknown>(options: WriteInput): TargetRef<In, WrittenFile> => attachConnector(fileConnector, options),
};
