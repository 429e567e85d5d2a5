import { asMissingPackage, PortolanError } from "@portolan/core";
import type { ChannelModel } from "amqplib";
import type { ConnectionOptions } from "./options.ts";

/** A connection that tells once when it is over. */
export interface BrokerConnection {
  readonly model: ChannelModel;
  /** Resolves when the connection is gone, with the reason. Never if it was closed by this side. */
  readonly lost: Promise<unknown>;
  close(): Promise<void>;
}

const CONNECT_MS = 10_000;

/** Connects to the first broker that answers. The client is an optional package. */
export async function connectBroker({ url, ca, heartbeat }: ConnectionOptions): Promise<BrokerConnection> {
  const amqp = await import("amqplib").catch((error: unknown) => {
    throw asMissingPackage(error, "the connector rabbitmq", ["amqplib"]);
  });
  let failure: unknown;
  for (const address of url) {
    try {
      const settings = { timeout: CONNECT_MS, keepAlive: true, ...(ca === undefined ? {} : { ca }) };
      const model = await amqp.connect(withHeartbeat(address, heartbeat), settings);
      const { promise: lost, resolve } = Promise.withResolvers<unknown>();
      model.on("error", resolve);
      model.on("close", (error?: Error) => resolve(error ?? new Error("the broker has closed the connection")));
      return {
        model,
        lost,
        // One that is broken already has nothing to close.
        close: () => model.close().catch(() => undefined),
      };
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function withHeartbeat(address: string, heartbeat: number): string {
  const url = URL.parse(address);
  if (url === null || !["amqp:", "amqps:"].includes(url.protocol)) {
    throw new PortolanError("PORTOLAN_CONFIG_INVALID", "the address of RabbitMQ is no URL of AMQP", {
      hint: "such as amqp://user:password@host:5672/vhost",
    });
  }
  url.searchParams.set("heartbeat", String(Math.max(1, Math.round(heartbeat / 1000))));
  return url.href;
}

/** An error of the client as one that says what it means and whether the same may work later. */
export function rabbitmqError(doing: string, thrown: unknown): PortolanError {
  if (thrown instanceof PortolanError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  const failure = (name: string, hint: string) => new PortolanError(name, `${doing}: ${text}`, { kind: "rejected", hint, cause: thrown });
  if (code === 404)
    return failure("PORTOLAN_RABBITMQ_MISSING", "make the queue or exchange, or mend its name; `declare` makes a queue that is not there");
  if (code === 403 || /ACCESS_REFUSED|Handshake terminated by server: 403/.test(text)) {
    return failure("PORTOLAN_RABBITMQ_DENIED", "look at user, password and virtual host, and at the rights of the user");
  }
  if (code === 406)
    return failure(
      "PORTOLAN_RABBITMQ_DIFFERENT",
      "the queue exists with other settings: leave out `declare`, or name the type that it has",
    );
  if (code === 530 || /NOT_ALLOWED/.test(text))
    return failure("PORTOLAN_RABBITMQ_DENIED", "the virtual host does not exist, or is not for this user");
  return new PortolanError("PORTOLAN_CONNECTION_FAILED", `${doing}: ${text === "" ? String(code ?? "no answer") : text}`, {
    kind: "transient",
    cause: thrown,
  });
}
