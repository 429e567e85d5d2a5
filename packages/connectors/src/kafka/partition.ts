import { createProgress, type Progress } from "./progress.ts";
import { LANES, laneOf, type Permits } from "./lanes.ts";
import type { ReceivedRecord } from "./record.ts";

/** What becomes of a record: it has ended; somebody else has it; or this node stops. */
export type Handled = "ended" | "taken" | "stopped";

export interface PartitionParts {
  readonly start: bigint;
  readonly order: "key" | "partition";
  readonly permits: Permits;
  /** Processes one record of a lane. Resolves when it is decided. */
  handle(record: ReceivedRecord, lane: number): Promise<Handled>;
  /** Told whenever a message has ended. */
  ended(): void;
  /** Another node has committed messages of this partition. */
  taken(): void;
}

/** A partition that is assigned to this member: its messages in lanes, and how far it has come. */
export interface Partition {
  readonly progress: Pick<Progress, "next" | "open">;
  /** The offset to be fetched next. */
  fetchFrom: bigint;
  /** In the order of the partition. */
  accept(record: ReceivedRecord): void;
  /** Offsets below this one were fetched, or are nobody's. */
  passed(offset: bigint): void;
  /** What waits is dropped; what is in process ends. */
  drop(): void;
  /** Resolves when nothing is in process. */
  idle(): Promise<void>;
}

export function createPartition(parts: PartitionParts): Partition {
  const { order, permits } = parts;
  const progress = createProgress(parts.start);
  const lanes: (Lane | undefined)[] = [];
  const running = new Set<Promise<void>>();
  let dropped = false;

  const run = async (lane: Lane): Promise<void> => {
    const next = lane.queue.shift();
    if (next === undefined || dropped) return;
    const handled = await parts.handle(next.record, lane.number);
    if (handled === "ended") next.end();
    if (handled === "taken" && !dropped) parts.taken();
    if (handled !== "ended") dropped = true;
  };
  const start = (lane: Lane): void => {
    lane.busy = true;
    permits.take(() => {
      const done = run(lane).finally(() => {
        running.delete(done);
        permits.give();
        lane.busy = false;
        if (lane.queue.length > 0 && !dropped) start(lane);
        parts.ended();
      });
      running.add(done);
    });
  };
  return {
    progress,
    fetchFrom: parts.start,
    accept(record) {
      const number = order === "partition" ? 0 : laneOf(record.key, record.offset);
      const lane = (lanes[number] ??= { number, queue: [], busy: false });
      lane.queue.push({ record, end: progress.begin(record.offset) });
      if (!lane.busy) start(lane);
    },
    passed: (offset) => progress.skipTo(offset),
    drop() {
      dropped = true;
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

interface Lane {
  readonly number: number;
  readonly queue: { readonly record: ReceivedRecord; readonly end: () => void }[];
  busy: boolean;
}

/** The numbers of the lanes that an order has. */
export function laneNumbers(order: "key" | "partition"): readonly number[] {
  return Array.from({ length: order === "partition" ? 1 : LANES }, (_, number) => number);
}
