import {
  PortolanError,
  createHeaders,
  NO_ATTRIBUTES,
  NO_HEADERS,
  type ConnectorSourceNode,
  type Incoming,
  type Message,
  type PollContext,
  type PollDefinition,
  type PolledMessage,
  type PolledSource,
} from "@portolan/core";
import type { Execution } from "./execution.ts";
import { opening } from "./opening.ts";
import type { Poll } from "./poll.ts";
import { whileRunning } from "./while-running.ts";

/** The connector sources that steps poll. */
export interface PolledSources {
  compile(at: PolledAt, node: ConnectorSourceNode, definition: PollDefinition): Poll;
  /** Opens them; if one fails, those opened before are closed and its error is thrown. */
  open(): Promise<void>;
  close(): Promise<void>;
}

export type PolledSourcesParts = Omit<PollContext, "route" | "name" | "position"> & {
  position(name: string): unknown;
  /** Of messages that the wire gives none. */
  ids(): string;
  readonly stopping: AbortSignal;
};

/** Which step polls it. */
export interface PolledAt {
  readonly route: string;
  readonly step: string;
}

interface Slot {
  readonly at: PolledAt;
  readonly node: ConnectorSourceNode;
  readonly definition: PollDefinition;
  source: PolledSource | undefined;
}

export function createPolledSources({ ids, position, stopping, ...context }: PolledSourcesParts): PolledSources {
  const slots: Slot[] = [];

  const openSlot = (slot: Slot): Promise<PolledSource> => {
    const { at, node, definition } = slot;
    const { name, source } = node.connector;
    const polling = {
      ...context,
      route: at.route,
      name: `${at.route}/${name}/${source?.describe(node.options) ?? ""}`,
      position: async (of: string) => position(of),
    };
    return opening(at, () => definition.open(node.options, polling));
  };

  const close = async (): Promise<void> => {
    const opened = slots.flatMap(({ source }) => source ?? []);
    for (const slot of slots) slot.source = undefined;
    await Promise.all(opened.map((source) => source.close()));
  };

  return {
    compile(at, node, definition) {
      const slot: Slot = { at, node, definition, source: undefined };
      slots.push(slot);
      return async (waitMs, execution) => {
        const { source } = slot;
        if (source === undefined) throw new PortolanError("PORTOLAN_STOPPING", `${node.connector.name} is not open`);
        const polled = await whileRunning(execution, stopping, (signal) => source.take({ waitMs, signal }));
        if (polled === undefined) return undefined;
        join(polled, execution);
        return messageOf(polled.incoming, ids);
      };
    },
    async open() {
      try {
        for (const slot of slots) slot.source = await openSlot(slot);
      } catch (error) {
        await close();
        throw error;
      }
    },
    close,
  };
}

/** Makes the acknowledgement of a polled message part of the unit of work. */
function join(polled: PolledMessage, { list, unit }: Execution): void {
  let isOpen = true;
  const end = (committed: boolean) => {
    // Undone with its block, or with the whole: whichever comes first.
    if (isOpen) polled.ended(committed);
    isOpen = false;
  };
  list.add({ kind: "pendingReceipt", position: polled.position }, { undo: () => end(false) });
  unit.listen({ ended: end });
}

function messageOf({ id, body, headers }: Incoming, ids: () => string): Message {
  return {
    id: id ?? ids(),
    body: body ?? null,
    headers: headers === undefined ? NO_HEADERS : createHeaders(headers),
    attributes: NO_ATTRIBUTES,
  };
}
