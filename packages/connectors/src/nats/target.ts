import {
  type Message,
  PortolanError,
  type RunningTarget,
  type SendRequest,
  type TargetContext,
  type TargetDefinition,
} from "@portolan/core";
import { chosenFormat } from "@portolan/formats";
import type { NatsConnection } from "@nats-io/transport-node";
import { connectNats, loadNats, natsError } from "./connection.ts";
import { type NatsTargetOptions, natsTargetOptions } from "./options.ts";

/** Written with every message; consumers tell by it what came twice, and the server within the stream's window of duplicates. */
const KEY_HEADER = "idempotency-key";

export const natsTarget: TargetDefinition<typeof natsTargetOptions> = {
  summary: "Sends each message to a subject, which a stream of JetStream takes.",
  options: natsTargetOptions,
  replies: false,
  describe: () => "send to a subject",
  open: openTarget,
};

async function openTarget(options: NatsTargetOptions, context: TargetContext): Promise<RunningTarget> {
  const nats = await loadNats();
  const format = chosenFormat(options.format, context.services);
  const subjectOf = context.expression(options.subject);
  const inProcess = new Set<Promise<unknown>>();
  let connecting: Promise<NatsConnection> | undefined;

  /** The connection, made when the first message is sent, and anew after it broke. */
  const connected = (): Promise<NatsConnection> => {
    const forget = () => {
      connecting = undefined;
    };
    connecting ??= connectNats(nats, options).then(
      (connection) => {
        void connection.closed().then(forget);
        return connection;
      },
      (error: unknown) => {
        forget();
        throw error;
      },
    );
    return connecting;
  };

  const send = async (message: Message, { key }: SendRequest): Promise<undefined> => {
    const subject = await subjectOf(message);
    if (typeof subject !== "string" || subject === "" || /[\s*>]/.test(subject)) {
      throw new PortolanError(
        "PORTOLAN_EXPRESSION_TYPE",
        `the subject of a message is a text without blanks, * and >; found ${JSON.stringify(subject)}`,
      );
    }
    const body = format.encode(message.body);
    const headers = nats.headers();
    for (const [name, value] of Object.entries(message.headers)) {
      if (/^nats-/i.test(name)) continue;
      for (const one of Array.isArray(value) ? (value as readonly unknown[]) : [value]) headers.append(name, String(one));
    }
    headers.set(KEY_HEADER, key);
    try {
      const connection = await connected();
      await nats.jetstream(connection, { timeout: options.timeout }).publish(subject, body, { headers, msgID: key });
    } catch (error) {
      throw natsError(`sending to ${subject}`, error);
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
      const connection = await connecting?.catch(() => undefined);
      await connection?.close().catch(() => undefined);
    },
  };
}
