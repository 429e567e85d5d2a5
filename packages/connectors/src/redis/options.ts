import { option, optional, required, withDefault, type OptionsOf } from "@portolan/core";
import { formatChoice } from "@portolan/formats";

const shared = {
  url: required(option.text, "Where the server is: `redis://user:password@host:6379/0`, `rediss` by TLS.", {
    secret: true,
    example: "${REDIS_URL}",
  }),
  stream: required(option.name, "The stream.", { example: "orders" }),
  field: withDefault(option.name, "body", "The field of an entry that has the body; the others are headers."),
  format: withDefault(formatChoice, { name: "json" }, "The format of the bodies."),
};

export type ConnectionOptions = Pick<OptionsOf<typeof shared>, "url">;

export const redisSourceOptions = {
  ...shared,
  group: optional(
    option.name,
    "The consumer group, whose members share the entries. Default: the name of the route. It is made if there is none.",
  ),
  consumer: optional(
    option.name,
    "The name of this member. Default: one of its own, so that what it leaves behind is taken over by others.",
  ),
  from: withDefault(option.oneOf("earliest", "latest"), "earliest", "Where a group begins that is made."),
  concurrency: withDefault(option.integer({ min: 1, max: 10_000 }), 64, "How many entries are in process at once."),
  orderBy: optional(
    option.name,
    "A field: entries that have one value in it are processed one after another. With `concurrency: 1` all are.",
  ),
  claimAfter: withDefault(
    option.duration,
    30_000,
    "Entries of a member of which nothing was heard for so long are taken over. A member that lives says so three times in that while.",
  ),
};

export type RedisSourceOptions = OptionsOf<typeof redisSourceOptions>;

export const redisTargetOptions = {
  ...shared,
  maxLength: optional(option.integer({ min: 1 }), "The stream is cut to about so many entries, whether they have been read or not."),
  timeout: withDefault(option.duration, 10_000, "How long the server may take to answer."),
};

export type RedisTargetOptions = OptionsOf<typeof redisTargetOptions>;
