import type { TargetContext } from "@portolan/core";
import type { ClientOptions } from "./options.ts";
import type { SendHttp } from "./outgoing.ts";
import { openTransport } from "./transport.ts";

/** How requests reach one system: all clients of it with the same options share what there is to share. */
export interface Connection {
  readonly send: SendHttp;
  /** The last one of those who share it closes it. */
  close(): Promise<void>;
}

export async function openConnection(options: ClientOptions, { clock, services }: TargetContext): Promise<Connection> {
  const transport = await openTransport(options, { clock, directory: services.directory });
  return transport;
}
