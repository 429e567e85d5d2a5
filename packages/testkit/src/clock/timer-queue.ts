import type { Timer } from "@portolan/core";

/** A timer of a virtual clock. Of two that are due at the same instant the one with the smaller tie runs first, then the older. */
export interface ScheduledTimer extends Timer {
  readonly due: number;
  readonly tie: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Timers by the instant they are due. Cancelled ones are dropped when they come up, or when they are more than half of all. */
export interface TimerQueue {
  add(due: number, tie: number, callback: () => void): ScheduledTimer;
  /** The next timer, without taking it out. */
  peek(): ScheduledTimer | undefined;
  take(): ScheduledTimer | undefined;
  clear(): void;
  readonly size: number;
}

export function createTimerQueue(): TimerQueue {
  let heap: ScheduledTimer[] = [];
  const cancelled = new Set<ScheduledTimer>();
  let order = 0;

  function drop(): ScheduledTimer | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (heap.length > 0 && last !== undefined) sink(heap, 0, last);
    return first;
  }

  function peek(): ScheduledTimer | undefined {
    while (heap[0] !== undefined && cancelled.delete(heap[0])) drop();
    return heap[0];
  }

  function cancel(timer: ScheduledTimer): void {
    cancelled.add(timer);
    if (cancelled.size < 64 || cancelled.size * 2 < heap.length) return;
    const live = heap.filter((candidate) => !cancelled.has(candidate));
    cancelled.clear();
    heap = [];
    for (const candidate of live) rise(heap, candidate);
  }

  return {
    add(due, tie, callback) {
      let waiting = true;
      const timer: ScheduledTimer = {
        due,
        tie,
        order: order++,
        callback() {
          waiting = false;
          callback();
        },
        cancel() {
          if (waiting) cancel(timer);
          waiting = false;
        },
      };
      rise(heap, timer);
      return timer;
    },
    peek,
    take: () => (peek() === undefined ? undefined : drop()),
    clear() {
      heap = [];
      cancelled.clear();
    },
    get size() {
      return heap.length - cancelled.size;
    },
  };
}

function isBefore(a: ScheduledTimer, b: ScheduledTimer): boolean {
  if (a.due !== b.due) return a.due < b.due;
  return a.tie === b.tie ? a.order < b.order : a.tie < b.tie;
}

function rise(heap: ScheduledTimer[], timer: ScheduledTimer): void {
  let index = heap.length;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || isBefore(above, timer)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = timer;
}

function sink(heap: ScheduledTimer[], start: number, timer: ScheduledTimer): void {
  let index = start;
  for (;;) {
    let child = 2 * index + 1;
    let below = heap[child];
    if (below === undefined) break;
    const right = heap[child + 1];
    if (right !== undefined && isBefore(right, below)) [child, below] = [child + 1, right];
    if (isBefore(timer, below)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = timer;
}
