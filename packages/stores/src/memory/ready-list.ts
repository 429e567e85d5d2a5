import { createHeap } from "./heap.ts";

/** What can stand in a ready list: higher priorities first, then lower sequences. */
export interface Ranked {
  readonly sequence: number;
  readonly priority: number;
}

/** The entries that may be taken now. What arrives in order, as nearly everything does, costs no comparison. */
export interface ReadyList<Item extends Ranked> {
  push(item: Item): void;
  pop(): Item | undefined;
}

const COMPACT_FROM = 1024;

export function createReadyList<Item extends Ranked>(): ReadyList<Item> {
  const late = createHeap<Item>(ranksBefore);
  let inOrder: (Item | undefined)[] = [];
  let head = 0;

  function shift(): Item | undefined {
    const item = inOrder[head];
    inOrder[head] = undefined;
    head += 1;
    if (head === inOrder.length) {
      inOrder.length = 0;
      head = 0;
    } else if (head >= COMPACT_FROM && head * 2 >= inOrder.length) {
      // Copying when half is consumed costs less than one move for each item.
      inOrder = inOrder.slice(head);
      head = 0;
    }
    return item;
  }

  return {
    push(item) {
      const last = inOrder[inOrder.length - 1];
      if (last === undefined || ranksBefore(last, item)) inOrder.push(item);
      else late.push(item);
    },
    pop() {
      const next = inOrder[head];
      const other = late.peek();
      if (next === undefined) return late.pop();
      return other !== undefined && ranksBefore(other, next) ? late.pop() : shift();
    },
  };
}

export function ranksBefore(a: Ranked, b: Ranked): boolean {
  return a.priority === b.priority ? a.sequence < b.sequence : a.priority > b.priority;
}
