import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";
import { formatChoice } from "@portolan/formats";

const connection = {
  url: required(
    option.oneOrMore(option.text),
    "Where the broker is: `amqp://user:password@host:5672/vhost`, `amqps` by TLS. Of several, the first that answers.",
    {
      secret: true,
      example: "${RABBITMQ_URL}",
    },
  ),
  ca: optional(option.text, "The certificates that are trusted, in PEM. Default: those of Node."),
  heartbeat: withDefault(option.duration, 10_000, "A connection of which nothing is heard for twice so long is broken."),
};

export type ConnectionOptions = OptionsOf<typeof connection>;

const format = optional(formatChoice, "The format of the bodies. Default: that of the message's content type, else json.");

export const rabbitmqSourceOptions = {
  ...connection,
  queue: required(option.text, "The queue that is read.", { example: "orders" }),
  declare: withDefault(
    option.oneOf("no", "quorum", "classic"),
    "no",
    "Whether the queue is made, durable, if it does not exist. Its settings are the broker's: what there is already is not changed.",
  ),
  bind: withDefault(
    option.listOf(
      option.object({
        exchange: required(option.text, "The exchange."),
        key: withDefault(option.text, "#", "The routing key, or its pattern."),
      }),
    ),
    [],
    "Exchanges from which the queue gets messages. They must exist.",
  ),
  format,
  concurrency: withDefault(
    option.integer({ min: 1, max: 65_535 }),
    64,
    "How many messages are in process at once: the prefetch of the consumer.",
  ),
  orderBy: optional(
    option.name,
    "A header: messages that have one value in it are processed one after another. With `concurrency: 1` all are.",
  ),
  priority: optional(option.integer({ min: 0 }), "Consumers of a higher priority get messages first."),
};

export type RabbitmqSourceOptions = OptionsOf<typeof rabbitmqSourceOptions>;

export const rabbitmqTargetOptions = {
  ...connection,
  exchange: withDefault(option.text, "", "The exchange that is written to. Default: the one by which queues are reached by their names."),
  routingKey: optional(option.expression, "The routing key of a message; without an exchange the name of the queue.", {
    example: '"order." & country',
  }),
  queue: optional(option.text, "The queue that is written to, instead of `exchange` and `routingKey`.", { example: "orders" }),
  format: withDefault(formatChoice, { name: "json" }, "The format of the bodies."),
  persistent: withDefault(option.boolean, true, "Whether messages survive a restart of the broker, in durable queues."),
  unroutable: withDefault(
    option.oneOf("fail", "drop"),
    "fail",
    "What happens to a message that no queue takes: the send fails, or the broker drops it.",
  ),
  expiration: optional(
    option.duration,
    "The broker drops what nobody has taken after so long, or sends it to the dead-letter exchange of the queue.",
  ),
  priority: optional(option.expression, "The priority, 0 to 255, in queues that have priorities.", { example: "urgent ? 9 : 0" }),
  delay: optional(option.duration, "The header x-delay, which exchanges of the type x-delayed-message obey."),
  timeout: withDefault(option.duration, 30_000, "How long the broker may take to confirm."),
};

export type RabbitmqTargetOptions = OptionsOf<typeof rabbitmqTargetOptions>;
