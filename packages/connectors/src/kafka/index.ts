import {
  attachConnector,
  type ConnectorDefinition,
  defineConnector,
  type Duration,
  type Message,
  type SourceRef,
  type TargetRef,
} from "@portolan/core";
import { kafkaSource } from "./source.ts";
import { kafkaTarget } from "./target.ts";

/** Topics of Apache Kafka. */
export const kafkaConnector: ConnectorDefinition = defineConnector({
  name: "kafka",
  title: "Kafka",
  summary: "Reads topics of Apache Kafka as a member of a consumer group, and writes to them.",
  source: kafkaSource,
  target: kafkaTarget,
});

/** A format by name, or with options, such as `{ avro: { schema: "./order.avsc" } }`. */
type FormatInput = string | Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface ConnectionInput {
  readonly brokers: string | readonly string[];
  readonly clientId?: string;
  readonly sasl?: {
    readonly mechanism?: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512" | "OAUTHBEARER";
    readonly username?: string;
    readonly password?: string;
    readonly token?: string;
  };
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly timeout?: Duration;
}

/** The options of a source as people write them; their meaning is in the reference. */
export interface ReadInput extends ConnectionInput {
  readonly group?: string;
  readonly groupProtocol?: "classic" | "consumer";
  readonly from?: "earliest" | "latest";
  readonly startAt?: string;
  readonly format?: FormatInput;
  readonly delivery?: "exactlyOnce" | "atLeastOnce";
  readonly order?: "key" | "partition";
  readonly concurrency?: number;
  readonly maxPending?: number;
  readonly maxFetch?: number | string;
  readonly maxWait?: Duration;
  readonly commitInterval?: Duration;
  readonly sessionTimeout?: Duration;
  readonly rebalanceTimeout?: Duration;
  readonly isolation?: "committed" | "uncommitted";
}

/** A value from the message: a function, or an expression as flow files have it (a text is JSONata). */
type Value<Body> = string | ((message: Message<Body>) => unknown);

/** The options of a target as people write them; their meaning is in the reference. */
export interface WriteInput<Body> extends ConnectionInput {
  readonly key?: Value<Body>;
  readonly partition?: number;
  readonly headers?: Readonly<Record<string, Value<Body>>>;
  readonly format?: FormatInput;
  readonly compression?: "none" | "gzip" | "snappy" | "lz4" | "zstd";
  readonly acks?: "all" | "leader";
  readonly maxBatch?: number;
  /** The system that the cluster belongs to: its name, or the system itself. */
  readonly system?: string | { readonly name: string };
}

export interface KafkaFunctions {
  /** Reads topics as a member of a consumer group: `route("book").from(kafka.read<Order>("orders", { brokers: "${KAFKA_BROKERS}" }))`. */
  readonly read: <Body = unknown>(topic: string | readonly string[], options: ReadInput) => SourceRef<Body>;
  /** Writes to a topic: `.to(kafka.write("orders", { brokers: "${KAFKA_BROKERS}", key: (m) => m.body.customer }))`. */
  readonly write: <Body = unknown>(topic: string, options: WriteInput<Body>) => TargetRef<Body>;
}

/** Topics as sources and targets. */
export const kafka: KafkaFunctions = {
  read: (topic, options) => attachConnector(kafkaConnector, { topic, ...options }),
  write: (topic, { system, ...options }) => {
    const reference = attachConnector(kafkaConnector, { topic, ...options });
    return system === undefined ? reference : { ...reference, system: typeof system === "string" ? system : system.name };
  },
};
