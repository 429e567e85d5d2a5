import { type Durability, PortolanError } from "@portolan/core";
import type { StoreLog, StoreLogRecord } from "../store-log.ts";
import type { MemoryState } from "./memory-state.ts";

/** Writes changes to a log and makes them in the state when they are safe, both in the order of the calls. */
export interface LogWriter {
  /** Resolves with the count of the change once it is as durable as asked. */
  write(record: StoreLogRecord, durability: Durability): Promise<number>;
  /** Resolves when everything that was asked for has been written and synced. */
  finish(): Promise<void>;
}

interface Waiting {
  readonly record: StoreLogRecord;
  readonly durability: Durability;
  readonly resolve: (count: number) => void;
  readonly reject: (error: unknown) => void;
}

/** Brings the state to where the log ends. */
export function createLogWriter(log: StoreLog, state: MemoryState): LogWriter {
  for (const record of log.read()) replay(record);
  let waiting: Waiting[] = [];
  let isWriting = false;
  const onIdle: (() => void)[] = [];
  let broken: PortolanError | undefined;

  function replay(record: StoreLogRecord): void {
    try {
      state.apply(record);
    } catch (error) {
      // A commit that conflicted when it was written conflicts again, and changes nothing again.
      if (!(error instanceof PortolanError && error.code === "PORTOLAN_CONFLICT")) throw error;
    }
  }

  /** The first batch is the one change that found the writer idle; changes that come while the log syncs are the next. */
  async function writeBatches(): Promise<void> {
    isWriting = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        for (const { record } of batch) log.append(record);
        if (batch.some(({ durability }) => durability === "power-loss")) await log.sync();
      } catch (cause) {
        broken = brokenError(cause);
        for (const { reject } of [...batch, ...waiting.splice(0)]) reject(broken);
        break;
      }
      for (const change of batch) make(change);
    }
    isWriting = false;
    for (const resolve of onIdle.splice(0)) resolve();
  }

  function make({ record, resolve, reject }: Waiting): void {
    try {
      resolve(state.apply(record));
    } catch (error) {
      reject(error);
    }
  }

  return {
    write(record, durability) {
      if (broken !== undefined) return Promise.reject(broken);
      const written = new Promise<number>((resolve, reject) => {
        waiting.push({ record, durability, resolve, reject });
      });
      if (!isWriting) void writeBatches();
      return written;
    },
    async finish() {
      if (isWriting) await new Promise<void>((resolve) => onIdle.push(resolve));
      if (broken === undefined) await log.sync();
    },
  };
}

function brokenError(cause: unknown): PortolanError {
  return new PortolanError("PORTOLAN_STORE_FAILED", "the log of the memory store could not be written; what it kept is unknown", {
    cause,
    hint: "Create a new store on the log.",
  });
}
