import type { Message } from "@portolan/core";
import { forErp, priced, type ErpOrder, type Order } from "./order.ts";

export interface Received {
  readonly id: string;
  readonly body: Order;
  readonly headers: Readonly<Record<string, string>>;
}

/** The work of the route as somebody writes it who needs no engine. Undefined: dropped. */
export function handleOrder({ id, body, headers }: Received): Pick<Message<ErpOrder>, "id" | "body" | "headers"> | undefined {
  if (body.lines.length === 0) return undefined;
  const order = priced(body);
  const approval = order.total > 10_000 ? "board" : order.total > 1000 ? "manager" : "none";
  const erpOrder = forErp(order, approval);
  if (erpOrder.amount <= 0) return undefined;
  const { "x-debug": _removed, ...kept } = headers;
  return { id, body: erpOrder, headers: { ...kept, country: order.country } };
}
