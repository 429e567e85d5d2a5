import { forErp, priced, type Approval, type Order, type PricedOrder } from "./order.ts";

/** A message as the usual engine of a few dozen lines has it: copied by every step. */
export interface NaiveMessage {
  readonly id: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

type NaiveStep = (message: NaiveMessage) => Promise<NaiveMessage | undefined>;

/** A list of asynchronous steps, each awaited. Undefined: dropped. */
export function naiveEngine(steps: readonly NaiveStep[]): NaiveStep {
  return async (message) => {
    let current = message;
    for (const step of steps) {
      const next = await step(current);
      if (next === undefined) return undefined;
      current = next;
    }
    return current;
  };
}

const arm = (approval: Approval) => naiveEngine([async (message) => ({ ...message, body: forErp(message.body as PricedOrder, approval) })]);
const [board, manager, none] = [arm("board"), arm("manager"), arm("none")];

/** The six steps of the route. */
export const naiveOrders = naiveEngine([
  async (message) => ((message.body as Order).lines.length > 0 ? message : undefined),
  async (message) => ({ ...message, body: priced(message.body as Order) }),
  async (message) => ({ ...message, headers: { ...message.headers, country: (message.body as PricedOrder).country } }),
  async (message) => {
    const { total } = message.body as PricedOrder;
    return total > 10_000 ? board(message) : total > 1000 ? manager(message) : none(message);
  },
  async (message) => {
    const { "x-debug": _removed, ...headers } = message.headers;
    return { ...message, headers };
  },
  async (message) => ((message.body as { readonly amount: number }).amount > 0 ? message : undefined),
]);
