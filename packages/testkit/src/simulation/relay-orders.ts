import { PortolanError, type Message, type Random } from "@portolan/core";

/** What is sent. `index` counts the orders of one customer. */
export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly index: number;
  readonly lines: readonly string[];
  readonly fault: Fault;
}

/** What an outside system does with an order: it fails the first calls. */
export interface Fault {
  readonly system: string;
  readonly calls: number;
  readonly code: FaultCode;
}

/** FLAKY is retried inline and then redelivered, LATER is parked, REFUSED goes to the dead letter at once. */
export type FaultCode = "FLAKY" | "LATER" | "REFUSED";

/** Fewer than any limit of the flow. */
const MOST_PASSING_CALLS = 5;

export function drawOrders(random: Random): readonly Order[] {
  const count = 3 + Math.floor(random.next() * 4);
  const counts = new Map<string, number>();
  return Array.from({ length: count }, (_, number) => {
    const customer = random.next() < 0.6 ? "ann" : "bob";
    const index = counts.get(customer) ?? 0;
    counts.set(customer, index + 1);
    const id = `o${number}`;
    const lines = Array.from({ length: Math.floor(random.next() * 3) }, (_line, line) => `${id}.${line}`);
    return { id, customer, index, lines, fault: drawFault(random) };
  });
}

function drawFault(random: Random): Fault {
  const lot = random.next();
  const system = random.next() < 0.5 ? "check" : "ship";
  const calls = 1 + Math.floor(random.next() * MOST_PASSING_CALLS);
  if (lot < 0.1) return { system, calls: Infinity, code: "REFUSED" };
  if (lot < 0.15) return { system, calls: Infinity, code: "FLAKY" };
  if (lot < 0.2) return { system, calls: Infinity, code: "LATER" };
  if (lot < 0.35) return { system, calls, code: "LATER" };
  if (lot < 0.55) return { system: random.next() < 0.3 ? "bill" : system, calls, code: "FLAKY" };
  return { system: "none", calls: 0, code: "FLAKY" };
}

/** Whether the order can only become a dead letter, until its fault is mended. */
export function isHopeless({ fault }: Order): boolean {
  return fault.calls === Infinity;
}

export function faultError(code: FaultCode): PortolanError {
  return new PortolanError(code, `scripted: ${code}`, { kind: code === "REFUSED" ? "rejected" : "transient" });
}

/** An expression on the order in a message. */
export function bodyOf<T>(read: (order: Order) => T): (message: Message) => T {
  return (message) => read(orderOf(message));
}

export function orderOf(message: { readonly body: unknown }): Order {
  // Every message of this flow but the lines is an order.
  return message.body as Order;
}
