import type { Delivery } from "@portolan/core";
import { decodeDelivery, deliveryOfRemembered } from "./effect-codec.ts";
import type { MessageCodec } from "./message-codec.ts";
import type { DeliveryRow, RememberedRow } from "./protocol.ts";
import type { RememberedMessages } from "./remembered-messages.ts";

export interface RowReaderParts {
  readonly messages: MessageCodec;
  readonly remembered: RememberedMessages;
  /** Asks for rows that have been forgotten since the worker named them. */
  readonly read: (sequences: readonly number[]) => Promise<readonly DeliveryRow[]>;
}

/** Deliveries from what the worker answers to `take`. */
export async function readDeliveries(
  rows: readonly (DeliveryRow | RememberedRow)[],
  of: { readonly id: number; readonly channel: string },
  { messages, remembered, read }: RowReaderParts,
): Promise<readonly Delivery[]> {
  const forgotten: number[] = [];
  const deliveries = rows.map((row) => {
    if (row.length !== 2) return decodeDelivery(row, of, messages);
    const [sequence, ticket] = row;
    const known = remembered.find(ticket);
    if (known === undefined) forgotten.push(sequence);
    return known === undefined ? sequence : deliveryOfRemembered(known, { subscription: of.id, sequence, channel: of.channel }, messages);
  });
  const found = new Map(forgotten.length === 0 ? [] : (await read(forgotten)).map((row) => [row[0], decodeDelivery(row, of, messages)]));
  return deliveries.flatMap((delivery) => (typeof delivery === "number" ? (found.get(delivery) ?? []) : [delivery]));
}
