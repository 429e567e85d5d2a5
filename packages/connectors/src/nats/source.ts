import { asPortolanError, PortolanError } from "@portolan/core";
import type { Format, HeaderValue, Incoming, SourceContext, SourceDefinition } from "@portolan/core";
import { chosenFormat } from "@portolan/formats";
import type { Consumer, JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { keepRunning } from "../keep-running.ts";
import { createKeyedWork } from "../keyed-work.ts";
import { deliverPersistently, pause } from "../persistent-delivery.ts";
import { connectNats, loadNats, type Nats, natsError } from "./connection.ts";
import { type NatsSourceOptions, natsSourceOptions } from "./options.ts";

const NANOSECONDS = 1_000_000;
/** How long the server is asked to wait for messages; a stop waits for no more than this. The least that it takes. */
const WAIT_MS = 1_000;
/** How soon is looked again for room. */
const FULL_MS = 5;
/** The server's code for a consumer that is not there. */
const NO_CONSUMER = 10_014;

export const natsSource: SourceDefinition<typeof natsSourceOptions> = {
  summary: "Reads a stream of JetStream by a durable consumer.",
  options: natsSourceOptions,
  replies: false,
  describe: ({ stream, subject }) => `read ${subject ?? stream}`,
  async open(options, context) {
    const nats = await loadNats();
    const stopping = new AbortController();
    const format = chosenFormat(options.format, context.services);
    const parts: Parts = { nats, options, context, format, signal: stopping.signal };
    const reading = keepRunning({
      context,
      signal: stopping.signal,
      doing: `reading ${options.stream}`,
      translate: natsError,
      run: (arrived) => readStream(parts, arrived),
    });
    return {
      async close() {
        stopping.abort();
        await reading;
      },
    };
  },
};

interface Parts {
  readonly nats: Nats;
  readonly options: NatsSourceOptions;
  readonly context: SourceContext;
  readonly format: Format;
  readonly signal: AbortSignal;
}

async function readStream(parts: Parts, arrived: () => void): Promise<void> {
  const { options, context, signal } = parts;
  const connection = await connectNats(parts.nats, options);
  const work = createKeyedWork();
  const inProcess = new Set<JsMsg>();
  const alive = repeat(context, options.ackWait / 3, () => {
    for (const message of inProcess) message.working();
  });
  try {
    const consumer = await openConsumer(connection, parts);
    arrived();
    const take = (message: JsMsg): void => {
      inProcess.add(message);
      const key = options.orderBy === undefined ? undefined : (message.headers?.get(options.orderBy) ?? "");
      void work.run(key, async () => {
        await process(message, parts);
        inProcess.delete(message);
      });
    };
    // No more is asked for than there is room for: what waits in a client without being in process would be given to others.
    const read = async (): Promise<void> => {
      while (!signal.aborted) {
        const room = options.concurrency - inProcess.size;
        if (room <= 0) await pause(context, FULL_MS, signal);
        else for await (const message of await consumer.fetch({ max_messages: room, expires: WAIT_MS })) take(message);
      }
    };
    const lost = connection.closed().then((error: unknown) => {
      throw error ?? new Error("the connection was closed");
    });
    await Promise.race([read(), lost]);
  } finally {
    await work.idle();
    alive.cancel();
    await connection.close().catch(() => undefined);
  }
}

/** The consumer of that name, made if there is none. What there is is not changed. */
async function openConsumer(connection: NatsConnection, { nats, options, context }: Parts): Promise<Consumer> {
  const { stream, subject, consumer, from, concurrency, ackWait } = options;
  const name = (consumer ?? context.route).replaceAll(/[^\w-]/g, "_");
  const manager = await nats.jetstreamManager(connection);
  await manager.streams.info(stream);
  await manager.consumers.info(stream, name).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === NO_CONSUMER)) throw error;
    return manager.consumers.add(stream, {
      durable_name: name,
      ack_policy: nats.AckPolicy.Explicit,
      ack_wait: ackWait * NANOSECONDS,
      deliver_policy: from === "earliest" ? nats.DeliverPolicy.All : nats.DeliverPolicy.New,
      max_ack_pending: Math.max(concurrency, 1_000),
      ...(subject === undefined ? {} : { filter_subject: subject }),
    });
  });
  return nats.jetstream(connection).consumers.get(stream, name);
}

/** Acknowledges when the server has heard it; a message whose acknowledgement was lost comes again. */
async function process(message: JsMsg, parts: Parts): Promise<void> {
  const { context, signal } = parts;
  if (signal.aborted) return;
  const { incoming, unreadable } = read(message, parts);
  const outcome = await deliverPersistently(context, incoming, { signal, unreadable });
  if (outcome === "committed") await message.ackAck().catch(() => false);
}

function read(message: JsMsg, { options, format }: Parts): { readonly incoming: Incoming; readonly unreadable?: PortolanError } {
  const { subject, seq, data, headers: given } = message;
  const headers: Record<string, HeaderValue> = {};
  for (const [name, values] of given ?? []) headers[name] = values.length === 1 ? (values[0] ?? "") : values;
  const base = {
    id: `${options.stream}-${seq}`,
    headers: { ...headers, "nats-subject": subject, "nats-sequence": seq, "nats-redelivered": message.redelivered },
  };
  try {
    return { incoming: { ...base, body: format.decode(data) } };
  } catch (thrown) {
    const reason = asPortolanError(thrown);
    const unreadable = new PortolanError(reason.code, `${options.stream}, message ${seq}: ${reason.message}`, {
      kind: "invalid",
      cause: reason,
    });
    return { incoming: { ...base, body: data }, unreadable };
  }
}

function repeat({ clock }: SourceContext, everyMs: number, run: () => void): { cancel(): void } {
  let timer = clock.after(everyMs, tick);
  function tick(): void {
    run();
    timer = clock.after(everyMs, tick);
  }
  return { cancel: () => timer.cancel() };
}
