import { forErp, priced, type Approval, type Order, type PricedOrder } from "./order.ts";

/** A message as the usual engine of a hundred lines has it: copied by every step that changes something. */
export interface NaiveMessage<Body = unknown> {
  readonly id: string;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Undefined: dropped. */
export type NaiveStep = (message: NaiveMessage) => Promise<NaiveMessage | undefined>;
/** An expression may have to wait, as in Portolan, so it is awaited. */
export type Expression<Value> = (message: NaiveMessage<never>) => Value | Promise<Value>;

/** Runs a list of steps one after another and awaits each. */
export function pipeline(steps: readonly NaiveStep[]): NaiveStep {
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

/** As in Portolan, steps after it can see whether it matched. */
export function filter(when: Expression<boolean>): NaiveStep {
  return async (message) => {
    const matched = await when(message as NaiveMessage<never>);
    return matched ? { ...message, attributes: { ...message.attributes, matched } } : undefined;
  };
}

export function map(expression: Expression<unknown>): NaiveStep {
  return async (message) => ({ ...message, body: await expression(message as NaiveMessage<never>) });
}

export function setHeader(name: string, expression: Expression<string>): NaiveStep {
  return async (message) => {
    const value = await expression(message as NaiveMessage<never>);
    return { ...message, headers: { ...message.headers, [name]: value } };
  };
}

export function choice(arms: readonly (readonly [Expression<boolean>, NaiveStep])[]): NaiveStep {
  return async (message) => {
    for (const [when, then] of arms) if (await when(message as NaiveMessage<never>)) return then(message);
    return message;
  };
}

export function removeHeader(name: string): NaiveStep {
  return async (message) => {
    const { [name]: _removed, ...headers } = message.headers;
    return { ...message, headers };
  };
}

const arm = (approval: Approval) => pipeline([map((m: NaiveMessage<PricedOrder>) => forErp(m.body, approval))]);

/** The six steps of the route. */
export const naiveOrders = pipeline([
  filter((m: NaiveMessage<Order>) => m.body.lines.length > 0),
  map((m: NaiveMessage<Order>) => priced(m.body)),
  setHeader("country", (m: NaiveMessage<PricedOrder>) => m.body.country),
  choice([
    [(m: NaiveMessage<PricedOrder>) => m.body.total > 10_000, arm("board")],
    [(m: NaiveMessage<PricedOrder>) => m.body.total > 1000, arm("manager")],
    [() => true, arm("none")],
  ]),
  removeHeader("x-debug"),
  filter((m: NaiveMessage<{ readonly amount: number }>) => m.body.amount > 0),
]);
