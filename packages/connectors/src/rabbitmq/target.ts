import {
  PortolanError,
  type Message,
  type RunningTarget,
  type SendRequest,
  type TargetContext,
  type TargetDefinition,
} from "@portolan/core";
import { chosenFormat, formats } from "@portolan/formats";
import type { ConfirmChannel, Options } from "amqplib";
import { type BrokerConnection, connectBroker, rabbitmqError } from "./connection.ts";
import { type RabbitmqTargetOptions, rabbitmqTargetOptions } from "./options.ts";
import { publishOptionsOf } from "./properties.ts";

/** Written with every send; consumers tell by it what came twice. */
const KEY_HEADER = "idempotency-key";

export const rabbitmqTarget: TargetDefinition<typeof rabbitmqTargetOptions> = {
  summary: "Sends each message to an exchange or a queue; it counts as sent when the broker has confirmed it.",
  options: rabbitmqTargetOptions,
  replies: false,
  describe: ({ exchange, queue }) => `send to ${queue ?? exchange}`,
  check({ exchange, queue, routingKey }) {
    if (queue !== undefined)
      return exchange === "" && routingKey === undefined ? [] : ["`queue` is instead of `exchange` and `routingKey`"];
    return exchange === "" && routingKey === undefined ? ["`queue`, or `exchange` and `routingKey`, say where to"] : [];
  },
  open: openTarget,
};

async function openTarget(options: RabbitmqTargetOptions, context: TargetContext): Promise<RunningTarget> {
  const format = chosenFormat(options.format, context.services);
  const contentType = formats.find(({ name }) => name === options.format.name)?.mediaTypes[0];
  const routingKey = options.routingKey === undefined ? () => options.queue ?? "" : context.expression(options.routingKey);
  const priority = options.priority === undefined ? undefined : context.expression(options.priority);
  const channels = createChannels(options);
  const inProcess = new Set<Promise<unknown>>();

  const send = async (message: Message, { key }: SendRequest): Promise<undefined> => {
    const content = Buffer.from(format.encode(message.body));
    const chosen = await priority?.(message);
    const plain = publishOptionsOf(message.headers);
    const settings: Options.Publish = {
      ...(contentType === undefined ? {} : { contentType }),
      ...plain,
      headers: { ...plain.headers, [KEY_HEADER]: key, ...(options.delay === undefined ? {} : { "x-delay": options.delay }) },
      messageId: message.id,
      persistent: options.persistent,
      mandatory: options.unroutable === "fail",
      ...(options.expiration === undefined ? {} : { expiration: options.expiration }),
      ...(chosen === undefined || chosen === null ? {} : { priority: Number(chosen) }),
    };
    await channels.publish({ routingKey: String(await routingKey(message)), content, settings, key, clock: context.clock });
    return undefined;
  };
  return {
    send(message, request) {
      const sending = send(message, request).finally(() => inProcess.delete(sending));
      inProcess.add(sending);
      return sending;
    },
    async close() {
      await Promise.allSettled(inProcess);
      await channels.close();
    },
  };
}

interface Publication {
  readonly routingKey: string;
  readonly content: Buffer;
  readonly settings: Options.Publish;
  readonly key: string;
  readonly clock: TargetContext["clock"];
}

interface OpenChannel {
  readonly connection: BrokerConnection;
  readonly channel: ConfirmChannel;
  /** Idempotency keys of messages that came back, since no queue takes them. */
  readonly returned: Set<string>;
  /** Rejects when the channel is over. */
  readonly broken: Promise<never>;
}

/** The channel, opened when the first message is sent, and anew after it broke. */
function createChannels(options: RabbitmqTargetOptions) {
  const where = options.queue ?? (options.exchange || "the default exchange");
  const doing = `sending to ${where}`;
  let opening: Promise<OpenChannel> | undefined;

  const open = async (): Promise<OpenChannel> => {
    const connection = await connectBroker(options);
    try {
      const channel = await connection.model.createConfirmChannel();
      const { promise: broken, reject } = Promise.withResolvers<never>();
      broken.catch(() => {
        opening = undefined;
        void connection.close();
      });
      channel.on("error", reject);
      channel.on("close", () => reject(new Error("the channel was closed")));
      void connection.lost.then(reject);
      const returned = new Set<string>();
      channel.on("return", ({ properties }) => returned.add(String(properties.headers?.[KEY_HEADER])));
      if (options.exchange !== "") await channel.checkExchange(options.exchange);
      return { connection, channel, returned, broken };
    } catch (error) {
      await connection.close();
      throw error;
    }
  };

  return {
    async publish({ routingKey, content, settings, key, clock }: Publication): Promise<void> {
      try {
        opening ??= open();
        const { channel, returned, broken } = await opening.catch((error: unknown) => {
          opening = undefined;
          throw error;
        });
        const confirmed = new Promise<void>((resolve, reject) => {
          channel.publish(options.exchange, routingKey, content, settings, (error: unknown) =>
            error ? reject(error as Error) : resolve(),
          );
        });
        await within(options.timeout, clock, Promise.race([confirmed, broken]));
        if (!returned.delete(key)) return;
      } catch (error) {
        throw rabbitmqError(doing, error);
      }
      throw new PortolanError("PORTOLAN_RABBITMQ_UNROUTABLE", `${doing}: no queue takes a message with the routing key "${routingKey}"`, {
        kind: "rejected",
        hint: "make or bind the queue, or mend the key; `unroutable: drop` lets such messages go",
      });
    },
    async close(): Promise<void> {
      const opened = await opening?.catch(() => undefined);
      await opened?.connection.close();
    },
  };
}

function within<T>(timeoutMs: number, clock: TargetContext["clock"], work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = clock.after(timeoutMs, () => reject(new Error(`the broker has not confirmed within ${timeoutMs} ms`)));
  return Promise.race([work, late]).finally(() => timer.cancel());
}
