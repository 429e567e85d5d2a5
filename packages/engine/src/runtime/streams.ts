import { withBody, type ConnectorServices, type Message } from "@portolan/core";
import type { Execution } from "./execution.ts";

/** Whether it can be read only once: an iterator, a stream of Node.js, a stream of the web. */
export function isReadOnce(value: object): boolean {
  return "next" in value || "pipe" in value || "pipeTo" in value;
}

/** Whether a body is read as it goes, so that no store can take it. */
export function isStream(body: unknown): boolean {
  return typeof body === "object" && body !== null && (Symbol.asyncIterator in body || isReadOnce(body));
}

/** The message with a body that several branches can read: a stream that can be read only once is spooled until the unit of work ends. */
export function readableAgain(message: Message, execution: Execution, spool: ConnectorServices["spool"]): Message {
  const { body } = message;
  if (spool === undefined || typeof body !== "object" || body === null || !isReadOnce(body) || !(Symbol.asyncIterator in body))
    return message;
  const { records, close } = spool(body as AsyncIterable<unknown>);
  execution.unit.listen({ ended: () => void close().catch(() => undefined) });
  return withBody(message, records);
}
