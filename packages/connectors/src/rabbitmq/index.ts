import {
  attachConnector,
  type ConnectorDefinition,
  defineConnector,
  type Duration,
  type Message,
  type SourceRef,
  type TargetRef,
} from "@portolan/core";
import { rabbitmqSource } from "./source.ts";
import { rabbitmqTarget } from "./target.ts";

/** Queues and exchanges of RabbitMQ. */
export const rabbitmqConnector: ConnectorDefinition = defineConnector({
  name: "rabbitmq",
  title: "RabbitMQ",
  summary: "Reads queues of RabbitMQ, and sends to exchanges and queues, confirmed by the broker.",
  source: rabbitmqSource,
  target: rabbitmqTarget,
});

/** A format by name, or with options, such as `{ avro: { schema: "./order.avsc" } }`. */
type FormatInput = string | Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface ConnectionInput {
  readonly url: string | readonly string[];
  readonly ca?: string;
  readonly heartbeat?: Duration;
  readonly format?: FormatInput;
}

/** The options of a source as people write them; their meaning is in the reference. */
export interface QueueInput extends ConnectionInput {
  readonly declare?: "no" | "quorum" | "classic";
  readonly bind?: readonly { readonly exchange: string; readonly key?: string }[];
  readonly concurrency?: number;
  readonly orderBy?: string;
  readonly priority?: number;
}

/** A value from the message: a function, or an expression as flow files have it (a text is JSONata). */
type Value<Body> = string | ((message: Message<Body>) => unknown);

/** The options of a target as people write them; their meaning is in the reference. */
export interface SendInput<Body> extends ConnectionInput {
  readonly persistent?: boolean;
  readonly unroutable?: "fail" | "drop";
  readonly expiration?: Duration;
  readonly priority?: Value<Body>;
  readonly delay?: Duration;
  readonly timeout?: Duration;
  /** The system that the broker belongs to: its name, or the system itself. */
  readonly system?: string | { readonly name: string };
}

export interface PublishInput<Body> extends SendInput<Body> {
  readonly routingKey?: Value<Body>;
}

export interface RabbitmqFunctions {
  /** Reads a queue: `route("book").from(rabbitmq.queue<Order>("orders", { url: "${RABBITMQ_URL}" }))`. */
  readonly queue: <Body = unknown>(queue: string, options: QueueInput) => SourceRef<Body>;
  /** Sends to a queue: `.to(rabbitmq.send("orders", { url: "${RABBITMQ_URL}" }))`. */
  readonly send: <Body = unknown>(queue: string, options: SendInput<Body>) => TargetRef<Body>;
  /** Sends to an exchange: `.to(rabbitmq.publish("events", { url: "${RABBITMQ_URL}", routingKey: (m) => m.body.country }))`. */
  readonly publish: <Body = unknown>(exchange: string, options: PublishInput<Body>) => TargetRef<Body>;
}

/** Queues and exchanges as sources and targets. */
export const rabbitmq: RabbitmqFunctions = {
  queue: (queue, options) => attachConnector(rabbitmqConnector, { queue, ...options }),
  send: (queue, { system, ...options }) => ofSystem(attachConnector(rabbitmqConnector, { queue, ...options }), system),
  publish: (exchange, { system, ...options }) =>
    ofSystem(attachConnector(rabbitmqConnector, { exchange, routingKey: { constant: "" }, ...options }), system),
};

function ofSystem<Reference extends object>(reference: Reference, system: SendInput<never>["system"]): Reference {
  return system === undefined ? reference : { ...reference, system: typeof system === "string" ? system : system.name };
}
