import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";
import { formatChoice } from "@portolan/formats";

const connection = {
  servers: required(option.oneOrMore(option.text), "Servers, `nats://host:4222`; of several, one that answers. `tls://` by TLS.", {
    example: "${NATS_URL}",
  }),
  user: optional(option.text, "The user."),
  password: optional(option.text, "The password of `user`.", { secret: true }),
  token: optional(option.text, "A token, instead of a user.", { secret: true }),
};

export type ConnectionOptions = OptionsOf<typeof connection>;

export const natsSourceOptions = {
  ...connection,
  stream: required(option.name, "The stream of JetStream. It must exist.", { example: "ORDERS" }),
  subject: optional(option.name, "Only messages of these subjects, such as `orders.*.placed`.", { example: "orders.>" }),
  consumer: optional(
    option.name,
    "The durable consumer, whose readers share the messages. Default: the name of the route. It is made if there is none.",
  ),
  from: withDefault(option.oneOf("earliest", "latest"), "earliest", "Where a consumer begins that is made."),
  format: withDefault(formatChoice, { name: "json" }, "The format of the bodies."),
  concurrency: withDefault(option.integer({ min: 1, max: 10_000 }), 64, "How many messages are in process at once."),
  orderBy: optional(
    option.name,
    "A header: messages that have one value in it are processed one after another. With `concurrency: 1` all are.",
  ),
  ackWait: withDefault(
    option.duration,
    30_000,
    "What a reader of which nothing was heard for so long has in process is given to another. A reader that lives says so three times in that while.",
  ),
};

export type NatsSourceOptions = OptionsOf<typeof natsSourceOptions>;

export const natsTargetOptions = {
  ...connection,
  subject: required(option.expression, "The subject of a message, which a stream must take.", { example: '"orders." & country' }),
  format: withDefault(formatChoice, { name: "json" }, "The format of the bodies."),
  timeout: withDefault(option.duration, 10_000, "How long the server may take to confirm."),
};

export type NatsTargetOptions = OptionsOf<typeof natsTargetOptions>;
