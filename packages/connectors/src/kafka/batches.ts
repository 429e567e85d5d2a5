/** Something that waits to be sent, and who wants to know what became of it. */
interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface Batches<Item> {
  /** Resolves when the batch that it went with was taken; rejects with what it failed for. */
  send(item: Item): Promise<void>;
  /** Resolves when nothing waits or is on its way. */
  idle(): Promise<void>;
}

/**
 * One request at a time, each with all that came while the one before was on its way: nobody waits for others to come, and order is kept.
 * A batch that is refused (`isRefusal`) is sent again one by one, so that only what is wrong fails.
 */
export function createBatches<Item>(
  most: number,
  { send, isRefusal }: { readonly send: (items: readonly Item[]) => Promise<void>; readonly isRefusal: (error: unknown) => boolean },
): Batches<Item> {
  let queue: Waiting<Item>[] = [];
  let sending: Promise<void> | undefined;

  const settle = async (batch: readonly Waiting<Item>[]): Promise<void> => {
    try {
      await send(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      if (batch.length === 1 || !isRefusal(error)) for (const { reject } of batch) reject(error);
      else for (const one of batch) await settle([one]);
    }
  };
  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      const batch = queue.slice(0, most);
      queue = queue.slice(most);
      await settle(batch);
    }
    sending = undefined;
  };
  return {
    send: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject });
        // Those that come in the same turn go together.
        sending ??= Promise.resolve().then(run);
      }),
    async idle() {
      while (sending !== undefined) await sending;
    },
  };
}
