import { createMessage, PortolanError, type RunningTarget } from "@portolan/core";
import { createDeliveryLedger, type DeliveryReport, type SourceBench } from "@portolan/testkit";

const KEYS = 20;

export interface FaultRun {
  readonly total: number;
  readonly target: RunningTarget;
  readonly reader: SourceBench;
  /** What goes wrong while messages travel; it begins when some have. */
  faults(): Promise<void>;
  readonly limitMs: number;
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/**
 * Sends messages of several keys through another system, one after another, each again until it is taken, and takes them from there after
 * a random while, as faults happen. Tells what was lost, doubled, out of order or made up when all have come.
 */
export async function runThroughFaults({ total, target, reader, faults, limitMs }: FaultRun): Promise<DeliveryReport> {
  const ledger = createDeliveryLedger();
  let stopped = false;
  const consuming = (async () => {
    for (let index = 0; !stopped;) {
      const delivered = reader.deliveries[index];
      if (delivered === undefined) {
        await pause(5);
        continue;
      }
      index += 1;
      setTimeout(() => {
        ledger.received(idOf(delivered.incoming.body));
        delivered.accept();
      }, Math.random() * 5);
    }
  })();
  const producing = (async () => {
    for (let index = 0; index < total; index++) {
      const id = `m${index}`;
      const key = `k${index % KEYS}`;
      ledger.sending({ id, key });
      await sendUntilTaken(target, { id, key });
      ledger.acknowledged(id);
      await pause(5);
    }
  })();
  await pause(700);
  await faults();
  await producing;
  const limit = performance.now() + limitMs;
  while (ledger.missing().length > 0 && performance.now() < limit) await pause(50);
  // What comes twice may come late.
  await pause(500);
  stopped = true;
  await consuming;
  reader.acceptAll();
  return ledger.report();
}

async function sendUntilTaken(target: RunningTarget, body: { readonly id: string; readonly key: string }): Promise<void> {
  for (;;) {
    try {
      await target.send(createMessage(body.id, body, { key: body.key }), { mode: "to", key: body.id });
      return;
    } catch (error) {
      if (!(error instanceof PortolanError) || error.kind !== "transient") throw error;
      await pause(100);
    }
  }
}

function idOf(body: unknown): string {
  return typeof body === "object" && body !== null && "id" in body ? String(body.id) : `no id in ${JSON.stringify(body)}`;
}
