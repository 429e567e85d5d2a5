import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { PortolanError } from "@portolan/core";
import { type Core, type Steps, createCore } from "./core.ts";
import { databaseFile } from "./database-file.ts";
import { toPlain } from "./plain-error.ts";
import type { EncodedCommit, FromWorker, ToWorker, WorkerOptions } from "./protocol.ts";
import { asStoreError, isDiskTrouble } from "./sqlite-error.ts";

/** Longer batches stall behind checkpoints. */
const COMMITS_PER_BATCH = 200;

type Answering = FromWorker extends infer Message ? (Message extends FromWorker ? Omit<Message, "rung"> : never) : never;

// The port exists and the data are set in every thread that a store starts.
serve(parentPort as MessagePort, workerData as WorkerOptions);

/**
 * Serves one store. What has arrived while a batch was written makes the next batch; what is not a commit follows each
 * batch, in its order; and long operations go on step by step in between.
 */
function serve(port: MessagePort, { directory }: WorkerOptions): void {
  const rung = new Set<number>();
  const place = databaseFile(directory);
  const commits: EncodedCommit[] = [];
  const others: Exclude<ToWorker, { kind: "commits" }>[] = [];
  const operations: { readonly id: number; readonly steps: Steps; count: number }[] = [];
  let core: Core;
  let isClosing = false;
  let isContinuing = false;

  function post(message: Answering): void {
    // Every kind of message has room for what rang meanwhile.
    port.postMessage({ ...message, rung: [...rung] } as FromWorker);
    rung.clear();
  }

  function accept(message: ToWorker): void {
    if (message.kind === "commits") commits.push(...message.commits);
    else others.push(message);
  }

  function acceptAll(): void {
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) accept(next.message);
  }

  function work(): void {
    for (acceptAll(); commits.length + others.length > 0; acceptAll()) {
      if (commits.length > 0) writeBatch(commits.splice(0, COMMITS_PER_BATCH));
      for (const message of others.splice(0)) handle(message);
      if (rung.size > 0) post({ kind: "rung" });
    }
    continueOperation();
  }

  function writeBatch(batch: readonly EncodedCommit[]): void {
    const failed = core.commit(batch).flatMap((error, index) => (error === undefined ? [] : [{ index, error: toPlain(error) }]));
    post({ kind: "committed", count: batch.length, failed, isOwing: core.isOwing });
  }

  function handle(message: Exclude<ToWorker, { kind: "commits" }>): void {
    switch (message.kind) {
      case "call":
        return answer(message);
      case "release":
        return core.release(message.subscription, message.sequences);
      case "renew":
        return core.renew(message.owner, message.until);
      case "unclaim":
        return core.unclaim(message.scope, message.key, message.owner);
      case "tick":
        return tick();
      case "close":
        isClosing = true;
        return;
      default:
        message satisfies never;
    }
  }

  function answer(message: ToWorker & { readonly kind: "call" }): void {
    try {
      const answered = core.call(message, message.now);
      if ("steps" in answered) operations.push({ id: message.id, steps: answered.steps, count: 0 });
      else post({ kind: "answer", id: message.id, value: answered.value });
    } catch (error) {
      refuse(message.id, error);
    }
  }

  function refuse(id: number, error: unknown): void {
    post({ kind: "refused", id, error: toPlain(asStoreError(error, place)) });
  }

  /** What a tick cannot do now, on a disk in trouble, the next one does. */
  function tick(): void {
    try {
      core.tick();
    } catch (error) {
      if (!isDiskTrouble(error)) throw error;
    }
  }

  function continueOperation(): void {
    const [operation] = operations;
    if (operation === undefined) {
      if (isClosing) close();
      return;
    }
    try {
      const step = operation.steps.next();
      if (step.done) {
        operations.shift();
        post({ kind: "answer", id: operation.id, value: operation.count });
      } else operation.count += step.value.count;
    } catch (error) {
      operations.shift();
      refuse(operation.id, error);
    }
    if (isContinuing) return;
    isContinuing = true;
    setImmediate(() => {
      isContinuing = false;
      work();
    });
  }

  function close(): void {
    const debt = core.close();
    post({ kind: "closed", error: debt === undefined ? null : toPlain(debt) });
    port.close();
  }

  try {
    core = createCore(directory, (subscription) => rung.add(subscription));
  } catch (error) {
    post({ kind: "unusable", error: toPlain(error instanceof PortolanError ? error : asStoreError(error, place)) });
    port.close();
    return;
  }
  port.on("message", (message: ToWorker) => {
    accept(message);
    work();
  });
  post({ kind: "ready" });
}
