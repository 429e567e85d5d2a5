import type { Awaitable } from "@portolan/core";
import type { Execution } from "../../runtime/execution.ts";
import type { StateTable } from "../../runtime/state-table.ts";

/** The keys of the groups that completed last. */
export interface ClosedKeys {
  has(key: string, execution: Execution): Awaitable<boolean>;
  remember(key: string, execution: Execution): Awaitable<void>;
}

/** The row that holds the keys, the least recently completed first. */
const ROW = "keys";

export function createClosedKeys(table: StateTable, limit: number): ClosedKeys {
  if (limit === 0) return { has: () => false, remember: () => undefined };
  const keysOf = (value: unknown): readonly string[] => (Array.isArray(value) ? (value as readonly string[]) : []);
  return {
    has: (key, execution) => table.withRow(execution, ROW, async (row) => keysOf((await row.get())?.value).includes(key)),
    remember: (key, execution) =>
      table.withRow(execution, ROW, async (row) => {
        const others = keysOf((await row.get())?.value).filter((one) => one !== key);
        await row.put([...others, key].slice(-limit));
      }),
  };
}
