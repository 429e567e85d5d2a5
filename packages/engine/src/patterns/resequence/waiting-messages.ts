import type { Awaitable, Headers, Message } from "@portolan/core";
import type { Inbox } from "../../pattern.ts";
import type { Execution } from "../../runtime/execution.ts";
import type { StateTable } from "../../runtime/state-table.ts";

/** The messages themselves, one row each, beside the row that holds their order. */
export interface WaitingMessages {
  keep(name: string, message: Message, execution: Execution): Awaitable<void>;
  /** Sends one on to the block. */
  release(name: string, execution: Execution): Awaitable<void>;
}

interface Kept {
  readonly id: string;
  readonly body: unknown;
  readonly headers: Headers;
}

export function createWaitingMessages(table: StateTable, inbox: Inbox): WaitingMessages {
  return {
    keep: (name, { id, body, headers }, execution) => table.withRow(execution, name, (row) => row.put({ id, body, headers })),
    release: (name, execution) =>
      table.withRow(execution, name, async (row) => {
        const kept = (await row.get())?.value as Kept | undefined;
        if (kept === undefined) return;
        await row.drop();
        inbox.send(kept, {}, execution);
      }),
  };
}
