/**
 * How far a partition is, when its messages end in another order than they came: everything below `next` has ended. Memory grows
 * with what is between the first message that has not ended and the last one that has come.
 */
export interface Progress {
  /** The offset after the last one below which all have ended. */
  readonly next: bigint;
  /** How many have come and not ended, or wait for one before them. */
  readonly open: number;
  /** In the order of their offsets. The one that is returned is told once when the message has ended. */
  begin(offset: bigint): () => void;
  /** Offsets up to here are nobody's: what is not there, such as markers of transactions, has ended. */
  skipTo(offset: bigint): void;
}

export function createProgress(start: bigint): Progress {
  let next = start;
  let reached = start;
  let head = 0;
  let open: { readonly offset: bigint; ended: boolean }[] = [];
  const advance = () => {
    while (head < open.length && open[head]?.ended === true) head += 1;
    next = open[head]?.offset ?? reached;
    if (head > 1_000 && head * 2 > open.length) {
      open = open.slice(head);
      head = 0;
    }
  };
  return {
    get next() {
      return next;
    },
    get open() {
      return open.length - head;
    },
    begin(offset) {
      const entry = { offset, ended: false };
      open.push(entry);
      if (offset >= reached) reached = offset + 1n;
      return () => {
        entry.ended = true;
        advance();
      };
    },
    skipTo(offset) {
      if (offset > reached) reached = offset;
      advance();
    },
  };
}
