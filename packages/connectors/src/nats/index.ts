import {
  attachConnector,
  type ConnectorDefinition,
  defineConnector,
  type Duration,
  type Message,
  type SourceRef,
  type TargetRef,
} from "@portolan/core";
import { natsSource } from "./source.ts";
import { natsTarget } from "./target.ts";

/** Streams of NATS JetStream. */
export const natsConnector: ConnectorDefinition = defineConnector({
  name: "nats",
  title: "NATS JetStream",
  summary: "Reads streams of NATS JetStream by durable consumers, and sends to their subjects.",
  source: natsSource,
  target: natsTarget,
});

interface ConnectionInput {
  readonly servers: string | readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
  /** A format by name, or with options, such as `{ avro: { schema: "./order.avsc" } }`. */
  readonly format?: string | Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The options of a source as people write them; their meaning is in the reference. */
export interface ReadInput extends ConnectionInput {
  readonly subject?: string;
  readonly consumer?: string;
  readonly from?: "earliest" | "latest";
  readonly concurrency?: number;
  readonly orderBy?: string;
  readonly ackWait?: Duration;
}

/** The options of a target as people write them; their meaning is in the reference. */
export interface SendInput extends ConnectionInput {
  readonly timeout?: Duration;
  /** The system that the servers belong to: its name, or the system itself. */
  readonly system?: string | { readonly name: string };
}

export interface NatsFunctions {
  /** Reads a stream: `route("book").from(nats.read<Order>("ORDERS", { servers: "${NATS_URL}" }))`. */
  readonly read: <Body = unknown>(stream: string, options: ReadInput) => SourceRef<Body>;
  /** Sends to a subject: `.to(nats.send((m) => `orders.${m.body.country}`, { servers: "${NATS_URL}" }))`. */
  readonly send: <Body = unknown>(subject: string | ((message: Message<Body>) => string), options: SendInput) => TargetRef<Body>;
}

/** Streams and subjects as sources and targets. */
export const nats: NatsFunctions = {
  read: (stream, options) => attachConnector(natsConnector, { stream, ...options }),
  send: (subject, { system, ...options }) => {
    // A text is the subject itself, here where functions are the expressions.
    const reference = attachConnector(natsConnector, {
      subject: typeof subject === "string" ? { constant: subject } : subject,
      ...options,
    });
    return system === undefined ? reference : { ...reference, system: typeof system === "string" ? system : system.name };
  },
};
