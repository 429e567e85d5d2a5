import {
  type Message,
  PortolanError,
  type RunningTarget,
  type SendRequest,
  type TargetContext,
  type TargetDefinition,
} from "@portolan/core";
import { chosenFormat } from "@portolan/formats";
import { connectRedis, disconnect, type RedisClient, redisError } from "./connection.ts";
import { type RedisTargetOptions, redisTargetOptions } from "./options.ts";

/** Written with every entry; consumers tell by it what came twice. */
const KEY_FIELD = "idempotency-key";

export const redisTarget: TargetDefinition<typeof redisTargetOptions> = {
  summary: "Adds each message to a stream.",
  options: redisTargetOptions,
  replies: false,
  describe: ({ stream }) => `add to ${stream}`,
  open: openTarget,
};

async function openTarget(options: RedisTargetOptions, { services, clock }: TargetContext): Promise<RunningTarget> {
  const { stream, field, maxLength, timeout } = options;
  const format = chosenFormat(options.format, services);
  const doing = `adding to ${stream}`;
  const inProcess = new Set<Promise<unknown>>();
  let connecting: Promise<RedisClient> | undefined;

  /** The connection, made when the first message is sent, and anew after it broke. */
  const connected = (): Promise<RedisClient> => {
    connecting ??= connectRedis(options, () => {
      connecting = undefined;
    }).catch((error: unknown) => {
      connecting = undefined;
      throw error;
    });
    return connecting;
  };

  const send = async (message: Message, { key }: SendRequest): Promise<undefined> => {
    const entry: Record<string, Buffer | string> = {};
    for (const [name, value] of Object.entries(message.headers)) {
      if (!/^redis-/i.test(name)) entry[name] = typeof value === "object" ? JSON.stringify(value) : String(value);
    }
    entry[KEY_FIELD] = key;
    entry[field] = Buffer.from(format.encode(message.body));
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = clock.after(timeout, () => reject(new Error(`the server has not answered within ${timeout} ms`)));
    try {
      const trim =
        maxLength === undefined ? {} : { TRIM: { strategy: "MAXLEN" as const, strategyModifier: "~" as const, threshold: maxLength } };
      const client = await Promise.race([connected(), late]);
      await Promise.race([client.xAdd(stream, "*", entry, trim), late]);
    } catch (error) {
      throw error instanceof PortolanError ? error : redisError(doing, error);
    } finally {
      timer.cancel();
    }
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
      disconnect(await connecting?.catch(() => undefined));
    },
  };
}
