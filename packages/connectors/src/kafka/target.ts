import {
  asPortolanError,
  type Message,
  PortolanError,
  type RunningTarget,
  type TargetContext,
  type TargetDefinition,
} from "@portolan/core";
import { chosenFormat } from "@portolan/formats";
import type { MessageToProduce, Producer } from "@platformatic/kafka";
import { createBatches } from "./batches.ts";
import { brokerList, clientSettings, type KafkaModule, loadKafka } from "./client.ts";
import { kafkaError } from "./kafka-error.ts";
import { type KafkaTargetOptions, kafkaTargetOptions } from "./options.ts";

/** Written by every send; consumers tell by it what came twice. */
const KEY_HEADER = "idempotency-key";

export const kafkaTarget: TargetDefinition<typeof kafkaTargetOptions> = {
  summary: "Writes each message to a topic.",
  options: kafkaTargetOptions,
  replies: false,
  describe: ({ topic, brokers }) => `write ${topic} of ${brokers.join(",")}`,
  open: openKafkaTarget,
};

async function openKafkaTarget(options: KafkaTargetOptions, context: TargetContext): Promise<RunningTarget> {
  brokerList(options.brokers);
  const kafka = await loadKafka();
  const format = chosenFormat(options.format, context.services);
  const key = options.key === undefined ? (message: Message) => message.headers["kafka-key"] : context.expression(options.key);
  const headers = Object.entries(options.headers ?? {}).map(([name, expression]) => [name, context.expression(expression)] as const);
  const producers = createProducers(kafka, options);
  const batches = createBatches<MessageToProduce>(options.maxBatch, {
    send: (messages) => producers.send([...messages]),
    isRefusal: (error) => asPortolanError(error).kind === "rejected",
  });
  return {
    async send(message, request) {
      const own: Record<string, Buffer> = {};
      for (const [name, value] of Object.entries(message.headers)) if (!name.startsWith("kafka-")) own[name] = bytesOf(value);
      for (const [name, value] of headers) {
        const yielded = await value(message);
        if (yielded !== undefined && yielded !== null) own[name] = bytesOf(yielded);
      }
      own[KEY_HEADER] = bytesOf(request.key);
      const chosen = await key(message);
      // Nothing is the value of what is gone: a tombstone.
      const value = message.body === null ? undefined : Buffer.from(format.encode(message.body));
      await batches.send({
        topic: options.topic,
        headers: new Map(Object.entries(own).map(([name, text]) => [Buffer.from(name), text])),
        ...(value === undefined ? {} : { value }),
        ...(chosen === undefined || chosen === null ? {} : { key: bytesOf(chosen) }),
        ...(options.partition === undefined ? {} : { partition: options.partition }),
      });
      return undefined;
    },
    async close() {
      await batches.idle();
      await producers.close();
    },
  };
}

/** The producer, made when the first message is sent. After a failure whose end nobody knows it is another one: its numbers would not go on. */
function createProducers(kafka: KafkaModule, options: KafkaTargetOptions) {
  let producer: Producer | undefined;
  const compression = options.compression;
  const drop = async (): Promise<void> => {
    const old = producer;
    producer = undefined;
    await old?.close(true).catch(() => undefined);
  };
  return {
    async send(messages: MessageToProduce[]): Promise<void> {
      producer ??= new kafka.Producer({ ...clientSettings(options), autocreateTopics: false });
      try {
        await producer.send({
          messages,
          compression,
          ...(options.acks === "all" ? { idempotent: true, acks: kafka.ProduceAcks.ALL } : { acks: kafka.ProduceAcks.LEADER }),
        });
      } catch (thrown) {
        const error = kafkaError(`writing to ${options.topic}`, thrown);
        if (error.kind === "transient") await drop();
        throw error;
      }
    },
    close: drop,
  };
}

function bytesOf(value: unknown): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value === "string") return Buffer.from(value);
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return Buffer.from(String(value));
  if (Array.isArray(value) || typeof value === "object") return Buffer.from(JSON.stringify(value));
  throw new PortolanError("PORTOLAN_EXPRESSION_TYPE", `a key or header of Kafka is text, a number, or bytes; found ${typeof value}`);
}
