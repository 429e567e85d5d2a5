import { asPortolanError, PortolanError } from "@portolan/core";
import type { Format, HeaderValue, Incoming, RunningSource, SourceContext, SourceDefinition } from "@portolan/core";
import { chosenFormat } from "@portolan/formats";
import type { Channel, ConsumeMessage } from "amqplib";
import { keepRunning } from "../keep-running.ts";
import { createKeyedWork, type KeyedWork } from "../keyed-work.ts";
import { deliverPersistently } from "../persistent-delivery.ts";
import { connectBroker, rabbitmqError } from "./connection.ts";
import { type RabbitmqSourceOptions, rabbitmqSourceOptions } from "./options.ts";
import { headersOf } from "./properties.ts";

export const rabbitmqSource: SourceDefinition<typeof rabbitmqSourceOptions> = {
  summary: "Reads a queue.",
  options: rabbitmqSourceOptions,
  replies: false,
  describe: ({ queue }) => `read ${queue}`,
  async open(options, context) {
    const stopping = new AbortController();
    const reading = keepRunning({
      context,
      signal: stopping.signal,
      doing: `reading ${options.queue}`,
      translate: rabbitmqError,
      run: (arrived) => readQueue(options, context, { signal: stopping.signal, arrived }),
    });
    return {
      async close() {
        stopping.abort();
        await reading;
      },
    } satisfies RunningSource;
  },
};

interface Session {
  readonly signal: AbortSignal;
  readonly arrived: () => void;
}

async function readQueue(options: RabbitmqSourceOptions, context: SourceContext, { signal, arrived }: Session): Promise<void> {
  const connection = await connectBroker(options);
  const work = createKeyedWork();
  try {
    const channel = await connection.model.createChannel();
    const { promise: broken, reject } = Promise.withResolvers<never>();
    broken.catch(() => undefined);
    channel.on("error", reject);
    void connection.lost.then(reject);
    await prepare(channel, options);
    await channel.prefetch(options.concurrency);
    const take = receiver(channel, { options, context, work, signal });
    const { consumerTag } = await channel.consume(
      options.queue,
      (message) => {
        if (message === null) reject(new Error("the broker has ended the consumer, as it does when a queue is deleted"));
        else take(message);
      },
      options.priority === undefined ? {} : { priority: options.priority },
    );
    arrived();
    await Promise.race([aborted(signal), broken]);
    await channel.cancel(consumerTag);
    await work.idle();
    // The answer comes after all acknowledgements have been taken: a connection that is closed sooner takes some of them along.
    await channel.checkQueue(options.queue);
    await channel.close();
  } finally {
    await work.idle();
    await connection.close();
  }
}

async function prepare(channel: Channel, { queue, declare, bind }: RabbitmqSourceOptions): Promise<void> {
  if (declare !== "no")
    await channel.assertQueue(queue, { durable: true, arguments: declare === "quorum" ? { "x-queue-type": "quorum" } : {} });
  for (const { exchange, key } of bind) await channel.bindQueue(queue, exchange, key);
}

interface Receiver {
  readonly options: RabbitmqSourceOptions;
  readonly context: SourceContext;
  readonly work: KeyedWork;
  readonly signal: AbortSignal;
}

/** Acknowledges what is committed. What is not, since the node stops, goes back to the queue with the connection. */
function receiver(channel: Channel, { options, context, work, signal }: Receiver): (message: ConsumeMessage) => void {
  return (message) => {
    const headers = headersOf(message);
    const key =
      options.orderBy === undefined ? undefined : String(headers[options.orderBy.toLowerCase()] ?? headers[options.orderBy] ?? "");
    void work.run(key, async () => {
      if (signal.aborted) return;
      const { incoming, unreadable } = read(message, headers, { options, context });
      const outcome = await deliverPersistently(context, incoming, { signal, unreadable });
      if (outcome === "committed") acknowledge(channel, message);
    });
  };
}

function read(
  message: ConsumeMessage,
  headers: Readonly<Record<string, HeaderValue>>,
  { options, context }: Pick<Receiver, "options" | "context">,
): { readonly incoming: Incoming; readonly unreadable?: PortolanError } {
  const { content, properties } = message;
  const id: unknown = properties.messageId;
  const base = { headers, ...(typeof id === "string" && id !== "" ? { id } : {}) };
  try {
    return { incoming: { ...base, body: formatOf(options, context, properties.contentType).decode(content) } };
  } catch (thrown) {
    const reason = asPortolanError(thrown);
    const unreadable = new PortolanError(reason.code, `a message of the queue ${options.queue}: ${reason.message}`, {
      kind: "invalid",
      cause: reason,
    });
    return { incoming: { ...base, body: content }, unreadable };
  }
}

function formatOf({ format }: RabbitmqSourceOptions, { services }: SourceContext, contentType: unknown): Format {
  if (format !== undefined) return chosenFormat(format, services);
  const named = typeof contentType === "string" ? services.formatFor(contentType) : undefined;
  return named ?? chosenFormat({ name: "json" }, services);
}

/** A channel that is broken takes no acknowledgement: the message comes again. */
function acknowledge(channel: Channel, message: ConsumeMessage): void {
  try {
    channel.ack(message);
  } catch {
    // Its error has been told by the channel.
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
