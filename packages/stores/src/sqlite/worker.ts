import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { PortolanError } from "@portolan/core";
import type { CommitOutcome } from "./commit-writer.ts";
import { type Core, type Steps, createCore } from "./core.ts";
import { databaseFile } from "./database-file.ts";
import { toPlain } from "./plain-error.ts";
import type { EncodedAnswer, EncodedCommit, FromWorker, ToWorker, WorkerOptions } from "./protocol.ts";
import { asStoreError, isDiskTrouble } from "./sqlite-error.ts";

/** Longer batches stall behind checkpoints. */
const COMMITS_PER_BATCH = 200;

// The port exists and the data are set in every thread that a store starts.
serve(parentPort as MessagePort, workerData as WorkerOptions);

/**
 * Serves one store. What has arrived while a batch was written makes the next batch; what is not a commit follows each
 * batch, in its order; and long operations go on step by step in between.
 */
function serve(port: MessagePort, { directory }: WorkerOptions): void {
  const place = databaseFile(directory);
  const commits: EncodedCommit[] = [];
  const others: Exclude<ToWorker, { kind: "commits" }>[] = [];
  const operations: { readonly id: number; readonly steps: Steps; count: number }[] = [];
  const rung = new Set<number>();
  let answers: EncodedAnswer[] = [];
  let core: Core;
  let isClosing = false;
  let isContinuing = false;

  function post(message: FromWorker): void {
    port.postMessage(message);
  }

  function postProgress(outcomes: readonly CommitOutcome[]): void {
    if (outcomes.length + answers.length + rung.size === 0) return;
    const failed = outcomes.flatMap((error, index) => (error === undefined ? [] : [{ index, error: toPlain(error) }]));
    post({ kind: "progress", committed: outcomes.length, failed, isOwing: core.isOwing, answers, rung: [...rung] });
    answers = [];
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
      const outcomes = commits.length > 0 ? core.commit(commits.splice(0, COMMITS_PER_BATCH)) : [];
      for (const message of others.splice(0)) handle(message);
      postProgress(outcomes);
    }
    continueOperation();
  }

  function handle(message: Exclude<ToWorker, { kind: "commits" }>): void {
    switch (message.kind) {
      case "call":
        return answer(message);
      case "release":
        return core.release(message.subscription, message.sequences);
      case "unstage":
        return unstage(message.stage);
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
      else answers.push([message.id, answered.value]);
    } catch (error) {
      refuse(message.id, error);
    }
  }

  function refuse(id: number, error: unknown): void {
    answers.push([id, undefined, toPlain(asStoreError(error, place))]);
  }

  /** What cannot be dropped on a disk in trouble goes when the store is opened again. */
  function unstage(stage: string): void {
    try {
      core.unstage(stage);
    } catch (error) {
      if (!isDiskTrouble(error)) throw error;
    }
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
        answers.push([operation.id, operation.count]);
      } else operation.count += step.value.count;
    } catch (error) {
      operations.shift();
      refuse(operation.id, error);
    }
    postProgress([]);
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
