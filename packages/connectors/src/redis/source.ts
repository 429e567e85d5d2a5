import { asPortolanError, createIds, PortolanError } from "@portolan/core";
import type { Format, HeaderValue, Incoming, SourceContext, SourceDefinition } from "@portolan/core";
import { chosenFormat } from "@portolan/formats";
import { keepRunning } from "../keep-running.ts";
import { createKeyedWork } from "../keyed-work.ts";
import { deliverPersistently } from "../persistent-delivery.ts";
import { connectRedis, disconnect, type RedisClient, redisError, type StreamEntry } from "./connection.ts";
import { type RedisSourceOptions, redisSourceOptions } from "./options.ts";

/** How long the server is asked to wait for something to come; a stop waits for no more than this. */
const BLOCK_MS = 500;

export const redisSource: SourceDefinition<typeof redisSourceOptions> = {
  summary: "Reads a stream as a member of a consumer group.",
  options: redisSourceOptions,
  replies: false,
  describe: ({ stream }) => `read ${stream}`,
  async open(options, context) {
    const stopping = new AbortController();
    const nextId = createIds(() => context.clock.now(), context.random);
    const parts: Parts = {
      options,
      context,
      format: chosenFormat(options.format, context.services),
      group: options.group ?? context.route,
      consumer: options.consumer ?? nextId(),
      signal: stopping.signal,
    };
    const reading = keepRunning({
      context,
      signal: stopping.signal,
      doing: `reading ${options.stream}`,
      translate: redisError,
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
  readonly options: RedisSourceOptions;
  readonly context: SourceContext;
  readonly format: Format;
  readonly group: string;
  readonly consumer: string;
  readonly signal: AbortSignal;
}

/** One connection that waits for entries, and one for all that must not wait. */
async function readStream(parts: Parts, arrived: () => void): Promise<void> {
  const { options, context, signal, group, consumer } = parts;
  const { stream, concurrency, claimAfter } = options;
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  const work = createKeyedWork();
  const inProcess = new Set<string>();
  let reader: RedisClient | undefined;
  let client: RedisClient | undefined;
  try {
    client = await connectRedis(options, reject);
    reader = await connectRedis(options, reject);
    await makeGroup(client, parts);
    arrived();
    const commands = client;
    const take = ({ id, message }: StreamEntry): void => {
      const name = id.toString();
      // What is in process here was claimed by this very member, which had not been heard of.
      if (inProcess.has(name)) return;
      inProcess.add(name);
      const fields = message ?? {};
      void work.run(options.orderBy === undefined ? undefined : String(fields[options.orderBy] ?? ""), async () => {
        const outcome = signal.aborted ? "stopped" : await deliver(name, fields, parts);
        // An acknowledgement that is lost makes the entry come again.
        if (outcome === "committed") await commands.xAck(stream, group, name).catch(reject);
        inProcess.delete(name);
      });
    };
    let claimedAt = -Infinity;
    const read = async (): Promise<void> => {
      while (!signal.aborted) {
        const now = context.clock.now();
        if (now - claimedAt >= claimAfter / 3) {
          claimedAt = now;
          if (inProcess.size > 0) await commands.xClaimJustId(stream, group, consumer, 0, [...inProcess]);
          await claim(commands, parts, { most: concurrency - inProcess.size, take });
        }
        const room = concurrency - inProcess.size;
        if (room <= 0) await pause(context, 5);
        else for (const entry of await next(reader, parts, room)) take(entry);
      }
    };
    await Promise.race([read(), broken]);
  } finally {
    await work.idle();
    disconnect(reader);
    disconnect(client);
  }
}

async function makeGroup(client: RedisClient, { options, group }: Parts): Promise<void> {
  try {
    await client.xGroupCreate(options.stream, group, options.from === "earliest" ? "0" : "$", { MKSTREAM: true });
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) throw error;
  }
}

async function next(reader: RedisClient | undefined, { options, group, consumer }: Parts, count: number): Promise<readonly StreamEntry[]> {
  const answer: unknown = await reader?.xReadGroup(group, consumer, [{ key: options.stream, id: ">" }], {
    COUNT: count,
    BLOCK: Math.max(1, Math.min(BLOCK_MS, Math.floor(options.claimAfter / 3))),
  });
  // One stream was asked for, and nothing is null.
  const [only] = (answer ?? []) as readonly { readonly messages: readonly StreamEntry[] }[];
  return only?.messages ?? [];
}

/** Takes over what members that are gone have left. */
async function claim(
  client: RedisClient,
  { options, group, consumer }: Parts,
  { most, take }: { readonly most: number; readonly take: (entry: StreamEntry) => void },
): Promise<void> {
  let start = "0-0";
  let left = most;
  while (left > 0) {
    const { nextId, messages } = await client.xAutoClaim(options.stream, group, consumer, options.claimAfter, start, { COUNT: left });
    for (const entry of messages) if (entry !== null) take(entry);
    left -= messages.length;
    start = nextId.toString();
    if (start === "0-0") return;
  }
}

function deliver(name: string, fields: Readonly<Record<string, Buffer | string>>, { options, context, format, signal }: Parts) {
  const { incoming, unreadable } = read(name, fields, { options, format });
  return deliverPersistently(context, incoming, { signal, unreadable });
}

function read(
  name: string,
  fields: Readonly<Record<string, Buffer | string>>,
  { options, format }: Pick<Parts, "options" | "format">,
): { readonly incoming: Incoming; readonly unreadable?: PortolanError } {
  const { stream, field } = options;
  const headers: Record<string, HeaderValue> = {};
  for (const [key, value] of Object.entries(fields)) if (key !== field) headers[key] = value.toString();
  const base = { id: `${stream}-${name}`, headers: { ...headers, "redis-stream": stream, "redis-id": name } };
  const bytes = fields[field];
  const body = Buffer.from(bytes ?? "");
  try {
    if (bytes === undefined) throw new PortolanError("PORTOLAN_FORMAT_INVALID", `there is no field "${field}"`);
    return { incoming: { ...base, body: format.decode(body) } };
  } catch (thrown) {
    const reason = asPortolanError(thrown);
    const unreadable = new PortolanError(reason.code, `${stream}, entry ${name}: ${reason.message}`, { kind: "invalid", cause: reason });
    return { incoming: { ...base, body }, unreadable };
  }
}

function pause({ clock }: SourceContext, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}
