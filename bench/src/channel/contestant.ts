/** A queue that takes messages of 1 KB one by one, each acknowledged to its sender when it is on the disk, and processes them. */
export interface Queue {
  /** Sends and processes so many messages; resolves when all are acknowledged as processed. */
  run(messages: number): Promise<void>;
  close(): Promise<void>;
}

/** As many senders as take part; each waits for the acceptance of its message before it sends the next. */
export const SENDERS = 512;

/** Runs `send` for the numbers below `messages`, by all senders at once. */
export async function sendAll(messages: number, send: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const sender = async () => {
    while (next < messages) await send(next++);
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}
