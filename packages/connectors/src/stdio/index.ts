import { attachConnector, type ConnectorDefinition, defineConnector, type SourceRef, type TargetRef } from "@portolan/core";
import { stdinSource } from "./source.ts";
import { stdoutTarget } from "./target.ts";

/** The standard streams of the process. */
export const stdioConnector: ConnectorDefinition = defineConnector({
  name: "stdio",
  title: "Standard streams",
  summary: "Reads messages from standard input and writes messages to standard output.",
  source: stdinSource,
  target: stdoutTarget,
});

/** A format by name, or with options, such as `{ csv: { delimiter: ";" } }`. */
type FormatInput = string | Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface StdinInput {
  readonly format?: FormatInput;
  /** Read instead of the process's standard input. */
  readonly input?: AsyncIterable<Uint8Array>;
}

export interface StdoutInput {
  readonly format?: FormatInput;
  /** Written instead of the process's standard output. */
  readonly output?: NodeJS.WritableStream;
}

/**
 * A source that reads standard input up to its end.
 *
 * @example
 * route("load").from(stdin({ format: "csv" }))
 */
export function stdin<Body = unknown>(options: StdinInput = {}): SourceRef<Body> {
  return attachConnector(stdioConnector, options);
}

/** A target that writes each body to standard output. */
export function stdout<In = unknown>(options: StdoutInput = {}): TargetRef<In, void> {
  return attachConnector(stdioConnector, options);
}
