/** Tells listeners which subscriptions may have something new: each once, after the running call has ended. */
export interface WorkBell {
  listen(listener: (subscription: number) => void): void;
  ring(subscription: number): void;
}

export function createWorkBell(): WorkBell {
  const listeners: ((subscription: number) => void)[] = [];
  const rung = new Set<number>();

  function tell(): void {
    const subscriptions = [...rung];
    rung.clear();
    for (const subscription of subscriptions) for (const listener of listeners) listener(subscription);
  }

  return {
    listen(listener) {
      listeners.push(listener);
    },
    ring(subscription) {
      if (rung.size === 0) queueMicrotask(tell);
      rung.add(subscription);
    },
  };
}
