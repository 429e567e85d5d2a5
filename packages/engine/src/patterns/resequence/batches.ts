import { PortolanError, describeValue } from "@portolan/core";
import type { Inbox, StepCompiler } from "../../pattern.ts";
import { createDueTimer } from "../../runtime/due-timer.ts";
import type { Execution } from "../../runtime/execution.ts";
import { createWaitingMessages, type Sequencer } from "./waiting-messages.ts";

export interface BatchOptions {
  readonly size: number;
  readonly timeout: number;
  readonly reverse: boolean;
  readonly duplicates: "keep" | "dropLater";
}

interface Batch {
  readonly items: readonly Item[];
  /** Numbers the messages of all batches, so that each has a row of its own. */
  readonly next: number;
}

interface Item {
  readonly name: string;
  readonly by: number | string;
}

const ROW = "batch";

/** Collects messages, sorts them, and releases them together. */
export function createBatches(options: BatchOptions, compiler: StepCompiler, inbox: Inbox): Sequencer {
  const scope = `resequence/${compiler.route}/${compiler.stepId}`;
  const batches = compiler.node.table(scope);
  const messages = createWaitingMessages(compiler.node.table(`${scope}/messages`), inbox);

  const release = async (batch: Batch, execution: Execution): Promise<Batch> => {
    const sign = options.reverse ? -1 : 1;
    for (const { name } of batch.items.toSorted((a, b) => sign * compare(a.by, b.by))) await messages.release(name, execution);
    return { items: [], next: batch.next };
  };

  const timer = createDueTimer({
    table: batches,
    compiler,
    act: (_key, execution) =>
      batches.withRow(execution, ROW, async (row) => {
        const known = await row.get();
        if (known?.due === undefined || known.due > compiler.clock.now()) return;
        await row.put(await release(known.value as Batch, execution));
      }),
  });
  compiler.node.onStart(() => {
    timer.start();
    return async () => timer.stop();
  });

  return {
    add: ({ value, message, execution }) =>
      batches.withRow(execution, ROW, async (row) => {
        const known = await row.get();
        const batch = (known?.value as Batch | undefined) ?? { items: [], next: 0 };
        const by = orderable(value, batch.items[0]?.by);
        if (options.duplicates === "dropLater" && batch.items.some((item) => item.by === by)) return;
        const name = String(batch.next);
        await messages.keep(name, message, execution);
        const grown: Batch = { items: [...batch.items, { name, by }], next: batch.next + 1 };
        if (grown.items.length >= options.size) {
          await row.put(await release(grown, execution));
          return;
        }
        const due = batch.items.length === 0 ? compiler.clock.now() + options.timeout : known?.due;
        await row.put(grown, { due });
        if (due !== undefined) execution.unit.listen({ ended: (committed) => committed && timer.at(due) });
      }),
  };
}

function orderable(value: unknown, other: number | string | undefined): number | string {
  const fits = (typeof value === "number" || typeof value === "string") && (other === undefined || typeof other === typeof value);
  if (fits) return value;
  throw new PortolanError(
    "PORTOLAN_EXPRESSION_TYPE",
    `cannot order ${describeValue(value)}${other === undefined ? "" : ` and ${describeValue(other)}`}`,
    {
      hint: "order by numbers only, or by texts only",
    },
  );
}

function compare(a: number | string, b: number | string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
