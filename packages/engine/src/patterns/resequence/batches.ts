import { PortolanError, describeValue, type Awaitable, type Headers } from "@portolan/core";
import type { Inbox, StepCompiler } from "../../pattern.ts";
import { createDueTimer } from "../../runtime/due-timer.ts";
import type { Execution } from "../../runtime/execution.ts";
import type { KnownRow } from "../../runtime/state-lock.ts";
import type { RowAccess } from "../../runtime/state-table.ts";
import { andThen } from "../../runtime/step.ts";
import type { Arrival, Sequencer } from "./sequencer.ts";

export interface BatchOptions {
  readonly size: number;
  readonly timeout: number;
  readonly reverse: boolean;
  readonly duplicates: "keep" | "dropLater";
}

/** A batch that is being collected, as the store holds it; the messages are in the list of its row. */
interface Batch {
  readonly size: number;
  /** What its first message is ordered by: the others' must be of the same type. */
  readonly by: number | string;
}

interface Item {
  readonly by: number | string;
  readonly id: string;
  readonly body: unknown;
  readonly headers: Headers;
}

const ROW = "batch";

/** Collects messages, sorts them, and releases them together. */
export function createBatches(options: BatchOptions, compiler: StepCompiler, inbox: Inbox): Sequencer {
  const scope = `resequence/${compiler.route}/${compiler.stepId}`;
  const batches = compiler.node.table(scope);
  /** What the messages of the batch are ordered by, where later ones of the same are dropped. */
  const taken = compiler.node.table(`${scope}/taken`);
  const sign = options.reverse ? -1 : 1;

  const release = (items: readonly Item[], row: RowAccess, execution: Execution): Awaitable<void> => {
    for (const { id, body, headers } of items.toSorted((a, b) => sign * compare(a.by, b.by)))
      inbox.send({ id, body, headers }, {}, execution);
    return options.duplicates === "keep" ? row.drop() : releaseTaken(items, row, execution);
  };
  const releaseTaken = async (items: readonly Item[], row: RowAccess, execution: Execution): Promise<void> => {
    for (const { by } of items) await taken.withRow(execution, JSON.stringify(by), (mark) => mark.drop());
    await row.drop();
  };

  /** Whether it is the first of the batch that is ordered by that. */
  const take = (by: number | string, execution: Execution): Awaitable<boolean> =>
    taken.withRow(execution, JSON.stringify(by), async (mark) => {
      if ((await mark.get()) !== undefined) return false;
      await mark.put(true);
      return true;
    });

  const addTo = (row: RowAccess, known: KnownRow | undefined, { value, message, execution }: Arrival): Awaitable<void> => {
    const batch = known?.value as Batch | undefined;
    const by = orderable(value, batch?.by);
    const { id, body, headers } = message;
    const collect = (): Awaitable<void> => {
      const size = (batch?.size ?? 0) + 1;
      const item: Item = { by, id, body, headers };
      // The list holds what this line adds to it.
      if (size >= options.size) return andThen(row.items(), (items) => release([...(items as readonly Item[]), item], row, execution));
      const due = known === undefined ? compiler.clock.now() + options.timeout : known.due;
      if (due !== undefined) execution.unit.listen({ ended: (committed) => committed && timer.at(due) });
      return row.put({ size, by: batch?.by ?? by }, { due, items: [item] });
    };
    return options.duplicates === "keep" ? collect() : andThen(take(by, execution), (isFirst) => (isFirst ? collect() : undefined));
  };

  const timer = createDueTimer({
    table: batches,
    compiler,
    act: (_key, execution) =>
      batches.withRow(execution, ROW, async (row) => {
        const known = await row.get();
        if (known?.due === undefined || known.due > compiler.clock.now()) return;
        await release((await row.items()) as readonly Item[], row, execution);
      }),
  });
  compiler.node.onStart(() => {
    timer.start();
    return async () => timer.stop();
  });

  return {
    add: (arrival) => batches.withRow(arrival.execution, ROW, (row) => andThen(row.get(), (known) => addTo(row, known, arrival))),
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
