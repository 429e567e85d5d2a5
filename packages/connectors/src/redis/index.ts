import { attachConnector, type ConnectorDefinition, defineConnector, type Duration, type SourceRef, type TargetRef } from "@portolan/core";
import { redisSource } from "./source.ts";
import { redisTarget } from "./target.ts";

/** Streams of Redis. */
export const redisConnector: ConnectorDefinition = defineConnector({
  name: "redis",
  title: "Redis streams",
  summary: "Reads streams of Redis as a member of a consumer group, and adds to them.",
  source: redisSource,
  target: redisTarget,
});

interface StreamInput {
  readonly url: string;
  readonly field?: string;
  /** A format by name, or with options, such as `{ avro: { schema: "./order.avsc" } }`. */
  readonly format?: string | Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The options of a source as people write them; their meaning is in the reference. */
export interface ReadInput extends StreamInput {
  readonly group?: string;
  readonly consumer?: string;
  readonly from?: "earliest" | "latest";
  readonly concurrency?: number;
  readonly orderBy?: string;
  readonly claimAfter?: Duration;
}

/** The options of a target as people write them; their meaning is in the reference. */
export interface AddInput extends StreamInput {
  readonly maxLength?: number;
  readonly timeout?: Duration;
  /** The system that the server belongs to: its name, or the system itself. */
  readonly system?: string | { readonly name: string };
}

export interface RedisFunctions {
  /** Reads a stream: `route("book").from(redis.read<Order>("orders", { url: "${REDIS_URL}" }))`. */
  readonly read: <Body = unknown>(stream: string, options: ReadInput) => SourceRef<Body>;
  /** Adds to a stream: `.to(redis.add("orders", { url: "${REDIS_URL}", maxLength: 1_000_000 }))`. */
  readonly add: <Body = unknown>(stream: string, options: AddInput) => TargetRef<Body>;
}

/** Streams as sources and targets. */
export const redis: RedisFunctions = {
  read: (stream, options) => attachConnector(redisConnector, { stream, ...options }),
  add: (stream, { system, ...options }) => {
    const reference = attachConnector(redisConnector, { stream, ...options });
    return system === undefined ? reference : { ...reference, system: typeof system === "string" ? system : system.name };
  },
};
