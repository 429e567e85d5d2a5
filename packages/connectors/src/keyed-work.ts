/** Work of one key is done one after another, in the order in which it came; that of different keys at once. */
export interface KeyedWork {
  /** Without a key it begins at once. */
  run(key: string | undefined, work: () => Promise<void>): Promise<void>;
  /** Resolves when nothing is in process. */
  idle(): Promise<void>;
}

export function createKeyedWork(): KeyedWork {
  const last = new Map<string, Promise<void>>();
  const running = new Set<Promise<void>>();
  const track = (done: Promise<void>): Promise<void> => {
    running.add(done);
    const end = () => running.delete(done);
    done.then(end, end);
    return done;
  };
  return {
    run(key, work) {
      if (key === undefined) return track(work());
      const before = last.get(key);
      const done = before === undefined ? work() : before.then(work, work);
      last.set(key, done);
      const forget = () => {
        if (last.get(key) === done) last.delete(key);
      };
      done.then(forget, forget);
      return track(done);
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
