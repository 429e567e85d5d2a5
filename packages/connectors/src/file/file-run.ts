import { createReadStream } from "node:fs";
import { asPortolanError, type PortolanError } from "@portolan/core";
import type { Incoming, SourceContext } from "@portolan/core";
import { messageId } from "../message-id.ts";
import { deliverPersistently, pause } from "../persistent-delivery.ts";
import { asFileError, fileHeaders, type Progress, type ReadableFile, readBody, readProgress, recordsOf } from "./file-content.ts";
import { isMissing } from "./file-error.ts";

/**
 * - `done`: everything of the file was delivered.
 * - `failed`: it was refused.
 * - `vanished`: somebody removed it.
 * - `interrupted`: the node is stopping, or another one has taken the file over; the rest is still to be delivered.
 */
export type FileResult =
  | { readonly kind: "done" | "vanished" | "interrupted" }
  | { readonly kind: "failed"; readonly error: PortolanError; readonly records: number };

export interface FileRun extends ReadableFile {
  readonly context: SourceContext;
  /** The name of the position that the slot of the file has. */
  readonly position: string;
  readonly signal: AbortSignal;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** Delivers a claimed file, going on where an earlier attempt was cut off. */
export async function runFile(run: FileRun): Promise<FileResult> {
  try {
    const stored = await run.context.position(run.position);
    const progress = readProgress(stored, run.file.claim);
    if (progress.done) return { kind: "done" };
    const headers = await fileHeaders(run);
    return run.options.records ? await runRecords(run, { stored, progress, headers }) : await runWhole(run, { stored, headers });
  } catch (error) {
    if (isMissing(error)) {
      run.context.log.log("warn", "a file vanished while it was in process", { source: run.context.name, file: run.file.name });
      return { kind: "vanished" };
    }
    return { kind: "failed", error: asFileError(error, run.file.name), records: 0 };
  }
}

interface WholeStart {
  readonly stored: unknown;
  readonly headers: Readonly<Record<string, string | number>>;
}

async function runWhole(run: FileRun, { stored, headers }: WholeStart): Promise<FileResult> {
  const { file, context, signal, options } = run;
  const incoming: Incoming = {
    id: messageId(context.name, file.claim),
    body: await readBody(run),
    headers,
  };
  const position = { name: run.position, value: { claim: file.claim, records: 0, done: true }, expected: stored };
  let attempt = 1;
  for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(2 * delayMs, LONGEST_RETRY_MS)) {
    try {
      await context.deliver(incoming, { failure: "report", position });
      return { kind: "done" };
    } catch (thrown) {
      const error = asPortolanError(thrown);
      if (signal.aborted || ["PORTOLAN_CONFLICT", "PORTOLAN_STOPPING"].includes(error.code)) return { kind: "interrupted" };
      // A store that cannot write says nothing about the file.
      const counts = error.code !== "PORTOLAN_STORE_FAILED";
      if (!error.retryable || (counts && attempt >= options.attempts)) return { kind: "failed", error, records: 0 };
      if (counts) attempt += 1;
      context.log.log("warn", "a file could not be processed and is tried again", {
        source: context.name,
        file: file.name,
        code: error.code,
        error: error.message,
        delayMs,
      });
      await pause(context, delayMs, signal);
      if (signal.aborted) return { kind: "interrupted" };
    }
  }
}

async function runRecords(run: FileRun, start: WholeStart & { readonly progress: Progress }): Promise<FileResult> {
  const { file, format, context, signal } = run;
  const records = recordsOf(format, "records");
  let expected = start.stored;
  let count = 0;
  try {
    for await (const body of records(createReadStream(file.path))) {
      count += 1;
      if (count <= start.progress.records) continue;
      if (signal.aborted) return { kind: "interrupted" };
      const value = { claim: file.claim, records: count, done: false };
      const incoming = {
        id: messageId(context.name, file.claim, count),
        body,
        headers: { ...start.headers, "file-record": count },
      };
      const outcome = await deliverPersistently(context, incoming, { signal, position: { name: run.position, value, expected } });
      if (outcome !== "committed") return { kind: "interrupted" };
      expected = value;
    }
  } catch (error) {
    if (isMissing(error)) throw error;
    return { kind: "failed", error: asFileError(error, file.name), records: count };
  }
  return { kind: "done" };
}
