/** One message of a test, which its sender gave a name that no other has. */
export interface Noted {
  readonly id: string;
  /** Messages of one key are to come in the order in which they were sent. */
  readonly key?: string | undefined;
}

/** What went wrong between a sender and a receiver; the ids, in the order in which it was seen. */
export interface DeliveryReport {
  readonly sent: number;
  readonly acknowledged: number;
  readonly received: number;
  /** Acknowledged to the sender, and never received. */
  readonly lost: readonly string[];
  /** Received more than once: once for each time beyond the first. */
  readonly doubled: readonly string[];
  /** Received for the first time after a message of the same key that was sent later. */
  readonly reordered: readonly string[];
  /** Received, and never sent. */
  readonly phantom: readonly string[];
}

/** Notes what a sender sent and what a receiver got, and tells what was lost, doubled, reordered or made up. */
export interface DeliveryLedger {
  /** Before a message is sent: from here on it may arrive. */
  sending(message: Noted): void;
  /** The sender was told that it arrived: from here on it must not be lost. */
  acknowledged(id: string): void;
  received(id: string): void;
  /** How many different messages were received. */
  readonly distinct: number;
  /** Ids that were acknowledged and have not been received yet. */
  missing(): readonly string[];
  report(): DeliveryReport;
}

export function createDeliveryLedger(): DeliveryLedger {
  const sent = new Map<string, Sent>();
  const counts = new Map<string, number>();
  const latest = new Map<string, number>();
  const seen = { acknowledged: 0, received: 0 };
  const doubled: string[] = [];
  const reordered: string[] = [];
  const phantom: string[] = [];
  const missing = () => [...sent].filter(([id, { acknowledged }]) => acknowledged && !counts.has(id)).map(([id]) => id);
  return {
    sending({ id, key }) {
      if (sent.has(id)) throw new Error(`message ${id} is sent twice: give each message an id of its own`);
      sent.set(id, { key, place: sent.size, acknowledged: false });
    },
    acknowledged(id) {
      const message = sent.get(id);
      if (message === undefined) throw new Error(`message ${id} is acknowledged and was never sent`);
      if (!message.acknowledged) seen.acknowledged += 1;
      message.acknowledged = true;
    },
    received(id) {
      seen.received += 1;
      const times = (counts.get(id) ?? 0) + 1;
      counts.set(id, times);
      const message = sent.get(id);
      if (message === undefined) phantom.push(id);
      else if (times > 1) doubled.push(id);
      else if (message.key !== undefined) {
        const last = latest.get(message.key) ?? -1;
        if (message.place < last) reordered.push(id);
        else latest.set(message.key, message.place);
      }
    },
    get distinct() {
      return counts.size;
    },
    missing,
    report: () => ({
      sent: sent.size,
      ...seen,
      lost: missing(),
      doubled: [...doubled],
      reordered: [...reordered],
      phantom: [...phantom],
    }),
  };
}

interface Sent {
  readonly key: string | undefined;
  readonly place: number;
  acknowledged: boolean;
}
