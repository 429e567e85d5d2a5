import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";
import { formatChoice } from "@portolan/formats";

/** How the cluster is reached; the same for sources and targets. */
const connection = {
  brokers: required(option.oneOrMore(option.name), "Brokers to begin with, `host:port`; also one text with commas between them.", {
    example: "${KAFKA_BROKERS}",
  }),
  clientId: withDefault(option.name, "portolan", "The name under which brokers log and limit this client."),
  sasl: optional(
    option.object({
      mechanism: withDefault(
        option.oneOf("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"),
        "SCRAM-SHA-512",
        "How the user is proved.",
      ),
      username: optional(option.text, "The user."),
      password: optional(option.text, "The password.", { secret: true }),
      token: optional(option.text, "The token of OAUTHBEARER.", { secret: true }),
    }),
    "Who this client is.",
  ),
  tls: optional(
    option.object({
      ca: optional(option.text, "The certificates that are trusted, in PEM. Default: those of Node."),
      cert: optional(option.text, "The client's certificate, in PEM."),
      key: optional(option.text, "The key of `cert`, in PEM.", { secret: true }),
    }),
    "Connects by TLS; `{}` with what Node trusts.",
    { example: {} },
  ),
  timeout: withDefault(option.duration, 30_000, "How long a broker may take to answer, and a connection to be made."),
};

export type ConnectionOptions = OptionsOf<typeof connection>;

const format = withDefault(formatChoice, { name: "json" }, "The format of the values.");

export const kafkaSourceOptions = {
  ...connection,
  topic: required(option.oneOrMore(option.name), "The topics that are read.", { example: "orders" }),
  group: optional(option.name, "The consumer group, whose members share the partitions. Default: the name of the route."),
  groupProtocol: withDefault(
    option.oneOf("classic", "consumer"),
    "classic",
    "How the group shares partitions. `consumer` is the newer protocol (KIP-848, Kafka 4), in which the broker decides.",
  ),
  from: withDefault(
    option.oneOf("earliest", "latest"),
    "earliest",
    "Where a partition is begun that the group has not read yet, or whose place has been deleted.",
  ),
  startAt: optional(
    option.text,
    "Reads again from a time on (ISO 8601), once for each value: messages that were done come again. Change it to replay once more.",
    { example: "2026-11-01T00:00:00Z" },
  ),
  format,
  delivery: withDefault(
    option.oneOf("exactlyOnce", "atLeastOnce"),
    "exactlyOnce",
    "`exactlyOnce`: topic, partition and offset commit in the store with what the message has changed there. `atLeastOnce`: Kafka alone knows how far the group is; a crash repeats some messages.",
  ),
  order: withDefault(
    option.oneOf("key", "partition"),
    "key",
    "What is processed one after another: the messages of one key, or all of a partition.",
  ),
  concurrency: withDefault(option.integer({ min: 1 }), 256, "How many messages are in process at once, of all partitions."),
  maxPending: withDefault(
    option.integer({ min: 1 }),
    1_000,
    "So many messages of a partition may wait or be in process; then no more of it is fetched. This is what holds a fast topic back.",
  ),
  maxFetch: withDefault(option.bytes, 1024 ** 2, "Bytes of a partition that are fetched at once. A larger message is fetched alone."),
  maxWait: withDefault(option.duration, 500, "How long a broker waits for something to fetch."),
  commitInterval: withDefault(option.duration, 1_000, "How often Kafka is told how far the group is."),
  sessionTimeout: withDefault(option.duration, 45_000, "A member that is not heard of for so long loses its partitions."),
  rebalanceTimeout: withDefault(option.duration, 60_000, "How long members have to join again when the group changes."),
  isolation: withDefault(
    option.oneOf("committed", "uncommitted"),
    "committed",
    "Whether messages of transactions that are not committed, or were aborted, are left out.",
  ),
};

export type KafkaSourceOptions = OptionsOf<typeof kafkaSourceOptions>;

export const kafkaTargetOptions = {
  ...connection,
  topic: required(option.name, "The topic that is written to.", { example: "orders" }),
  key: optional(
    option.expression,
    "The key, as text: messages of one key keep their order. Default: the header `kafka-key`, if there is one.",
    {
      example: "customer",
    },
  ),
  partition: optional(option.integer({ min: 0 }), "Always this partition. Default: by the key, else one after another."),
  headers: optional(option.mapOf(option.expression), "Headers of the record beside those of the message.", {
    example: { source: '"shop"' },
  }),
  format,
  compression: withDefault(option.oneOf("none", "gzip", "snappy", "lz4", "zstd"), "none", "How batches are compressed."),
  acks: withDefault(
    option.oneOf("all", "leader"),
    "all",
    "Who must have a message before it counts as sent. `leader` may lose messages when a broker dies.",
  ),
  maxBatch: withDefault(
    option.integer({ min: 1 }),
    1_000,
    "So many messages go in one request at the most. Those that come while one is on its way go with the next.",
  ),
};

export type KafkaTargetOptions = OptionsOf<typeof kafkaTargetOptions>;
