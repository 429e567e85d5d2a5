import { Worker } from "node:worker_threads";
import { type Clock, PortolanError } from "@portolan/core";
import { fromPlain } from "./plain-error.ts";
import type { CallName, Calls, EncodedCommit, FromWorker, Progress, ToWorker, WorkerOptions } from "./protocol.ts";

/** The caller's end of a store's worker. What is said in one turn of the event loop travels together. */
export interface WorkerLink {
  /** Resolves when the worker has opened the store; rejects if it cannot. */
  readonly ready: Promise<void>;
  commit(commit: EncodedCommit): Promise<void>;
  call<Name extends CallName>(name: Name, ...args: Parameters<Calls[Name]>): Promise<ReturnType<Calls[Name]>>;
  tell(message: Exclude<ToWorker, { readonly kind: "commits" | "call" | "close" }>): void;
  /** Everything asked for is done first. */
  close(): Promise<void>;
  /** Whether commits that asked for no durability are waiting for a disk in trouble. */
  readonly isOwing: boolean;
  /** Whether nothing will be answered any more. */
  readonly hasEnded: boolean;
  /** Resolves if the worker dies without having been asked to close, with the error that everything is then refused with. */
  readonly died: Promise<PortolanError>;
}

export interface WorkerLinkOptions extends WorkerOptions {
  readonly clock: Clock;
  readonly onRung: (subscription: number) => void;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: PortolanError) => void;
}

const IS_SOURCE = import.meta.url.endsWith(".ts");

export function createWorkerLink({ directory, clock, onRung }: WorkerLinkOptions): WorkerLink {
  const opening = Promise.withResolvers<void>();
  const closing = Promise.withResolvers<void>();
  const commits: Waiting[] = [];
  const calls = new Map<number, Waiting>();
  let newCommits: EncodedCommit[] = [];
  let newMessages: ToWorker[] = [];
  let isFlushing = false;
  let isOwing = false;
  let nextCall = 1;
  let ended: PortolanError | undefined;
  let isClosing = false;
  const died = Promise.withResolvers<PortolanError>();

  const worker = startWorker({ directory });
  worker.on("message", receive);
  worker.on("error", (cause) => end(diedError(directory, cause)));
  worker.on("exit", () => end(diedError(directory)));
  // Whoever opens or closes the store learns of it; nobody has to.
  opening.promise.catch(() => undefined);
  closing.promise.catch(() => undefined);

  function receive(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        return opening.resolve();
      case "progress":
        return report(message);
      case "closed":
        if (message.error !== null) closing.reject(fromPlain(message.error));
        return;
      case "unusable":
        return end(fromPlain(message.error));
      default:
        message satisfies never;
    }
  }

  function report({ committed, failed, answers, rung, ...more }: Progress): void {
    isOwing = more.isOwing;
    const settled = commits.splice(0, committed);
    for (const { index, error } of failed) settled[index]?.reject(fromPlain(error));
    // Rejecting came first: resolving a promise that is rejected does nothing.
    for (const { resolve } of settled) resolve(undefined as never);
    for (const [call, value, error] of answers) {
      const waiting = takeCall(call);
      // The worker answers a call with what `Calls` says of it.
      if (error === undefined) waiting?.resolve(value as never);
      else waiting?.reject(fromPlain(error));
    }
    for (const subscription of rung) onRung(subscription);
  }

  function takeCall(id: number): Waiting | undefined {
    const waiting = calls.get(id);
    calls.delete(id);
    return waiting;
  }

  /** Nothing more will be answered. */
  function end(error: PortolanError): void {
    if (ended !== undefined) return;
    ended = error;
    for (const { reject } of [...commits.splice(0), ...calls.values()]) reject(error);
    calls.clear();
    opening.reject(error);
    closing.resolve();
    if (!isClosing) died.resolve(error);
  }

  function scheduleFlush(): void {
    if (isFlushing) return;
    isFlushing = true;
    setImmediate(flush);
  }

  function flush(): void {
    isFlushing = false;
    if (newCommits.length > 0) worker.postMessage({ kind: "commits", commits: newCommits } satisfies ToWorker, spooledBuffers(newCommits));
    for (const message of newMessages) worker.postMessage(message);
    newCommits = [];
    newMessages = [];
  }

  function tell(message: ToWorker): void {
    if (ended !== undefined) return;
    newMessages.push(message);
    scheduleFlush();
  }

  return {
    ready: opening.promise,
    get isOwing() {
      return isOwing;
    },
    get hasEnded() {
      return ended !== undefined;
    },
    commit(commit) {
      if (ended !== undefined) return Promise.reject(ended);
      newCommits.push(commit);
      scheduleFlush();
      return new Promise((resolve, reject) => commits.push({ resolve, reject }));
    },
    call(name, ...args) {
      if (ended !== undefined) return Promise.reject(ended);
      const id = nextCall;
      nextCall += 1;
      // A name and the arguments of that name make a request, which the compiler does not follow for a name that varies.
      tell({ kind: "call", id, now: clock.now(), name, args } as unknown as ToWorker);
      return new Promise((resolve, reject) => calls.set(id, { resolve, reject }));
    },
    tell,
    died: died.promise,
    async close() {
      isClosing = true;
      tell({ kind: "close" });
      await closing.promise;
    },
  };
}

/** The worker's file runs unbuilt beside an unbuilt store, which then needs the workspace's own condition. */
function startWorker(options: WorkerOptions): Worker {
  return new Worker(new URL(IS_SOURCE ? "./worker.ts" : "./worker.js", import.meta.url), {
    workerData: options,
    name: "portolan-store",
    // Not the process's own: among those may be one that replaces the worker's file.
    execArgv: IS_SOURCE ? ["--conditions=portolan-source"] : [],
  });
}

function spooledBuffers(commits: readonly EncodedCommit[]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = [];
  for (const [, , effects] of commits) {
    for (const effect of effects) {
      if (effect[0] === "append") addBuffer(effect[2][2], effect[2][3], buffers);
      if (effect[0] !== "putState") continue;
      addBuffer(effect[4], effect[5], buffers);
      for (const [, value, isSpooled] of effect[10]) addBuffer(value, isSpooled, buffers);
    }
  }
  return buffers;
}

/** The encoder made the bytes of what is spooled, in a buffer of their own. */
function addBuffer(content: string | Uint8Array<ArrayBuffer>, isSpooled: boolean, buffers: ArrayBuffer[]): void {
  if (isSpooled && typeof content !== "string") buffers.push(content.buffer);
}

function diedError(directory: string, cause?: unknown): PortolanError {
  return new PortolanError("PORTOLAN_STORE_ENDED", `the store in ${directory} has ended`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "Restart the node: what was not acknowledged is delivered again.",
  });
}
