import type { Clock, Random } from "@portolan/core";

/**
 * A disk that holds one log. What was appended lies in a cache until it is synced; a crash keeps what was synced and,
 * as a real disk may, some of what followed it, from the front.
 */
export interface SimulatedDisk<LogRecord> {
  /** The log as one life of a node sees it. After a crash it does nothing and never answers. */
  mount(): SimulatedLog<LogRecord>;
  crash(): void;
  /** Records on the disk or in its cache. */
  readonly size: number;
}

export interface SimulatedLog<LogRecord> {
  append(record: LogRecord): void;
  sync(): Promise<void>;
  read(): readonly LogRecord[];
}

const LONGEST_SYNC_MS = 5;

/** With a clock, a sync takes a few milliseconds of its time, by chance; without, it ends with the running call. */
export function createSimulatedDisk<LogRecord>(random: Random, clock?: Clock): SimulatedDisk<LogRecord> {
  const records: LogRecord[] = [];
  let synced = 0;
  let life = 0;

  function mount(): SimulatedLog<LogRecord> {
    const ownLife = life;
    const isAlive = () => ownLife === life;
    return {
      append(record) {
        if (isAlive()) records.push(record);
      },
      async sync() {
        const target = records.length;
        await wait(clock === undefined ? 0 : random.next() * LONGEST_SYNC_MS);
        if (!isAlive()) await never();
        synced = Math.max(synced, target);
      },
      read: () => [...records],
    };
  }

  async function wait(ms: number): Promise<void> {
    if (clock === undefined) return;
    await new Promise<void>((resolve) => {
      clock.after(ms, resolve);
    });
  }

  return {
    mount,
    crash() {
      life += 1;
      records.length = synced + Math.floor(random.next() * (records.length - synced + 1));
      synced = records.length;
    },
    get size() {
      return records.length;
    },
  };
}

function never(): Promise<void> {
  return new Promise(() => undefined);
}
