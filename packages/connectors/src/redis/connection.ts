import { asMissingPackage, PortolanError } from "@portolan/core";
import type { ConnectionOptions } from "./options.ts";

const CONNECT_MS = 10_000;

type Text = Buffer | string;

export interface StreamEntry {
  readonly id: Text;
  readonly message: Readonly<Record<string, Text>> | null;
}

/** The commands that streams need, of a client whose values are bytes. */
export interface RedisClient {
  readonly isOpen: boolean;
  destroy(): void;
  xAdd(
    stream: string,
    id: "*",
    entry: Record<string, Text>,
    options?: { TRIM?: { strategy: "MAXLEN"; strategyModifier: "~"; threshold: number } },
  ): Promise<Text>;
  xGroupCreate(stream: string, group: string, id: string, options: { MKSTREAM: true }): Promise<unknown>;
  /** One answer for each stream that was asked for; null if nothing came. */
  xReadGroup(
    group: string,
    consumer: string,
    streams: { key: string; id: string }[],
    options: { COUNT: number; BLOCK: number },
  ): Promise<unknown>;
  xAck(stream: string, group: string, id: string): Promise<unknown>;
  xClaimJustId(stream: string, group: string, consumer: string, idleMs: number, ids: string[]): Promise<unknown>;
  xAutoClaim(
    stream: string,
    group: string,
    consumer: string,
    idleMs: number,
    start: string,
    options: { COUNT: number },
  ): Promise<{ nextId: Text; messages: readonly (StreamEntry | null)[] }>;
}

/** Connects once; what breaks is connected anew by us, who can say so. Values are bytes. */
export async function connectRedis({ url }: ConnectionOptions, lost: (error: unknown) => void): Promise<RedisClient> {
  const { createClient, RESP_TYPES } = await import("redis").catch((error: unknown) => {
    throw asMissingPackage(error, "the connector redis", ["redis"]);
  });
  const client = createClient({ url, socket: { connectTimeout: CONNECT_MS, reconnectStrategy: false }, disableOfflineQueue: true });
  client.on("error", lost);
  client.on("end", () => lost(new Error("the server has closed the connection")));
  await client.connect();
  return client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}

/** Ends a connection, whatever state it is in. */
export function disconnect(client: RedisClient | undefined): void {
  if (client?.isOpen === true) client.destroy();
}

/** What the server says that trying again does not mend, by its first word. All else may pass. */
const MEANINGS: Readonly<Record<string, readonly [code: string, hint: string]>> = {
  NOAUTH: ["PORTOLAN_REDIS_DENIED", "put user and password into the url"],
  WRONGPASS: ["PORTOLAN_REDIS_DENIED", "look at user and password in the url"],
  NOPERM: [
    "PORTOLAN_REDIS_DENIED",
    "give the user the right to the stream and to XADD, XREADGROUP, XACK, XAUTOCLAIM and XCLAIM (ACL SETUSER)",
  ],
  WRONGTYPE: ["PORTOLAN_REDIS_NO_STREAM", "the key holds something else than a stream"],
};

/** An error of the client as one that says what it means and whether the same may work later. */
export function redisError(doing: string, thrown: unknown): PortolanError {
  if (thrown instanceof PortolanError) return thrown;
  const text = thrown instanceof AggregateError ? String(thrown.errors[0]) : thrown instanceof Error ? thrown.message : String(thrown);
  const known = Object.entries(MEANINGS).find(([word]) => text.startsWith(word));
  if (known === undefined)
    return new PortolanError("PORTOLAN_CONNECTION_FAILED", `${doing}: ${text}`, { kind: "transient", cause: thrown });
  const [, [code, hint]] = known;
  return new PortolanError(code, `${doing}: ${text}`, { kind: "rejected", hint, cause: thrown });
}
