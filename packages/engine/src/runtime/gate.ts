/** A fair counting lock: at most `limit` holders, the others wait in order. */
export interface Gate {
  /** Takes a place; undefined if it was free at once. */
  enter(): Promise<void> | undefined;
  leave(): void;
  readonly free: number;
}

export function createGate(limit: number): Gate {
  let held = 0;
  const waiting: (() => void)[] = [];
  let head = 0;
  return {
    get free() {
      return limit - held;
    },
    enter() {
      if (held < limit) {
        held += 1;
        return undefined;
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    leave() {
      const next = waiting[head];
      if (next === undefined) {
        held -= 1;
        return;
      }
      head += 1;
      if (head > 1024 && head * 2 > waiting.length) {
        waiting.splice(0, head);
        head = 0;
      }
      next();
    },
  };
}
