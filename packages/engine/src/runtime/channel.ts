import {
  NO_ATTRIBUTES,
  type Awaitable,
  type ChannelDefinition,
  type ContractCheck,
  type Message,
  type StoredMessage,
} from "@portolan/core";
import type { Evaluate } from "../pattern.ts";
import { restoredAttributes } from "./claim-checks.ts";
import type { Execution } from "./execution.ts";
import type { Route } from "./route.ts";
import { checked } from "./route.ts";
import { andThen } from "./step.ts";
import type { PendingAppend } from "./unit-of-work.ts";
import { keyOf, numberOf } from "./values.ts";

/** A channel of a compiled app. */
export interface Channel {
  readonly name: string;
  readonly definition: ChannelDefinition;
  /** What `send` puts into the unit of work, where that says everything: without a contract, a key, or anything to compute. */
  readonly plainAppend: ((message: Message) => PendingAppend) | undefined;
  /** The message as the channel's contract takes it; fails with PORTOLAN_CONTRACT_FAILED otherwise. */
  accept(message: Message): Awaitable<Message>;
  /** Puts a message into the unit of work; into a `direct` channel: runs its routes now. */
  send(message: Message, execution: Execution): void | Promise<void>;
}

export interface ChannelParts {
  readonly definition: ChannelDefinition;
  readonly contract: ContractCheck | undefined;
  readonly orderedBy: Evaluate | undefined;
  readonly priority: Evaluate | undefined;
  readonly delay: number | Evaluate | undefined;
  /** The routes that read a `direct` channel, in the order written. */
  readonly consumers: () => readonly Route[];
}

export function createChannel(parts: ChannelParts): Channel {
  const { definition, contract } = parts;
  const plain = parts.orderedBy === undefined && parts.priority === undefined && typeof parts.delay !== "function";

  const appendOf = ({ id, body, headers }: Message, place: Place): PendingAppend => ({
    kind: "pendingAppend",
    channel: definition.name,
    message: { id, body, headers },
    ...place,
  });
  const plainAppend = (message: Message) => appendOf(message, { delayMs: typeof parts.delay === "number" ? parts.delay : undefined });

  const append = (message: Message, execution: Execution): void | Promise<void> => {
    if (plain) return execution.list.add(plainAppend(message));
    return placeOf(parts, message).then((place) => execution.list.add(appendOf(message, place)));
  };

  const runConsumers = async (message: Message, execution: Execution): Promise<void> => {
    for (const route of parts.consumers()) {
      const outcome = route.call({ id: message.id, body: message.body, headers: message.headers, attributes: {} }, execution);
      if (outcome instanceof Promise) await outcome;
    }
  };

  const accept = (message: Message): Awaitable<Message> =>
    contract === undefined ? message : checked(contract, message, { contract: `channel ${definition.name}` });

  const deliver = definition.mode === "direct" ? runConsumers : append;
  return {
    name: definition.name,
    definition,
    plainAppend: plain && contract === undefined && definition.mode !== "direct" ? plainAppend : undefined,
    accept,
    send(message, execution) {
      if (contract === undefined) return deliver(message, execution);
      return andThen(accept(message), (accepted) => deliver(accepted, execution));
    },
  };
}

type Place = Pick<PendingAppend, "key" | "priority" | "delayMs">;

/** Where a message stands in its channel: its key, its priority and its delay. */
async function placeOf(parts: ChannelParts, message: Message): Promise<Place> {
  const { orderedBy, priority, delay, definition } = parts;
  const wait = typeof delay === "function" ? await delay(message) : delay;
  const rank = priority === undefined ? undefined : await priority(message);
  return {
    key: orderedBy === undefined ? undefined : (keyOf(await orderedBy(message)) ?? "null"),
    priority: rank === undefined || rank === null ? undefined : numberOf(rank, `the priority of channel ${definition.name}`),
    delayMs: wait === undefined || wait === null ? undefined : Math.max(0, numberOf(wait, `the delay of channel ${definition.name}`)),
  };
}

/** What travels over a channel as a message again: of the attributes only `deadLetter` comes along, and what a step says to its inbox. */
export function arrived({ id, body, headers, attributes, deadLetter }: StoredMessage): Message {
  if (attributes === undefined && deadLetter === undefined) return { id, body, headers, attributes: NO_ATTRIBUTES };
  return {
    id,
    body,
    headers,
    attributes: { ...restoredAttributes(attributes ?? {}), ...(deadLetter === undefined ? {} : { deadLetter }) },
  };
}
