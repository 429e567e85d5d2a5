import {
  PortolanError,
  asPortolanError,
  createIds,
  isRecord,
  type Format,
  type Incoming,
  type RunningSource,
  type SourceContext,
} from "@portolan/core";
import { chosenFormat } from "@portolan/formats";
import { authOf } from "../http/auth.ts";
import { defaultConnection } from "../http/connection-options.ts";
import { openConnection } from "../http/connection.ts";
import { messageId } from "../message-id.ts";
import { deliverPersistently, pause } from "../persistent-delivery.ts";
import { errorOfStatus } from "../remote-error.ts";
import { readEvents, type StreamEvent } from "./event-reader.ts";
import type { SseOptions } from "./options.ts";

const LONGEST_WAIT_MS = 60_000;

/** Follows a stream of events, from where it was left; one that ends or breaks is connected to again. */
export async function openEvents(options: SseOptions, context: SourceContext): Promise<RunningSource> {
  const { clock, log, name: source, services } = context;
  const format = chosenFormat(options.format, services);
  const url = new URL(options.url);
  const endpoint = `GET ${url.origin}${url.pathname}`;
  const headers = lowerCase({ ...options.headers, ...options.secretHeaders });
  const way = { servers: [url.origin], authorizations: authOf(options.auth), headers };
  const connection = await openConnection({ ...defaultConnection(), ...options, timeout: options.silence }, way, context);
  const nextId = createIds(() => clock.now(), context.random);
  const closing = new AbortController();
  const { signal } = closing;
  let reconnectMs = options.reconnect;
  let fault: string | undefined;

  /** The events of one connection; undefined if the system says that there will be no more (204). */
  const connect = async (lastId: string | undefined): Promise<AsyncIterable<StreamEvent> | undefined> => {
    const resume = lastId === undefined || lastId === "" ? {} : { "last-event-id": lastId };
    const own = { accept: "text/event-stream", "cache-control": "no-store", ...headers, ...resume };
    const request = {
      method: "GET",
      base: url.origin,
      path: url.pathname + url.search,
      headers: own,
      body: null,
      endpoint,
      isStreamed: true,
    };
    const answer = await connection.send(request, signal);
    if (answer.status === 204) {
      await answer.stream?.return?.();
      return undefined;
    }
    if (answer.stream === undefined) throw errorOfStatus(answer, endpoint, clock.now());
    const type = String(answer.headers["content-type"] ?? "none");
    if (!/^text\/event-stream\b/i.test(type)) {
      await answer.stream.return?.();
      throw new PortolanError("PORTOLAN_FORMAT_INVALID", `${endpoint} answered with the type ${type}; expected text/event-stream`, {
        endpoint,
      });
    }
    return readEvents(answer.stream, { maxBytes: options.maxEvent, onRetry: (delayMs) => void (reconnectMs = delayMs) });
  };

  /** Delivers what a connection yields. True when there will be no more. */
  const follow = async (): Promise<boolean> => {
    const stored = await context.position(source);
    let expected: unknown = stored;
    const events = await connect(idOf(stored));
    if (events === undefined) return true;
    for await (const event of events) {
      fault = undefined;
      if (signal.aborted) return false;
      const isTaken = options.events === undefined || options.events.includes(event.type);
      if (!isTaken) continue;
      const position = event.id === undefined ? undefined : { name: source, value: { id: event.id }, expected };
      const id = event.id === undefined || event.id === "" ? nextId() : messageId(source, event.id);
      const outcome = await deliverPersistently(
        context,
        { ...incoming(event, format), id },
        { signal, ...(position === undefined ? {} : { position }) },
      );
      if (outcome === "stopped") return false;
      if (outcome === "conflict") {
        log.log("info", "another node follows the events, too", { source });
        return false;
      }
      expected = position === undefined ? expected : position.value;
    }
    return false;
  };

  const loop = async (): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      try {
        if (await follow()) return log.log("info", "the stream of events has ended, as the system says", { source });
        failures = 0;
      } catch (thrown) {
        if (signal.aborted) return;
        const { message, hint, kind } = asPortolanError(thrown);
        failures = fault === message ? failures + 1 : 1;
        // Once, not at every attempt.
        if (fault !== message)
          log.log(kind === "transient" ? "warn" : "error", message, { source, ...(hint === undefined ? {} : { hint }) });
        fault = message;
      }
      await pause(context, Math.min(reconnectMs * 2 ** Math.max(0, failures - 1), Math.max(LONGEST_WAIT_MS, reconnectMs)), signal);
    }
  };

  const ended = loop();
  return {
    async close() {
      closing.abort();
      await ended;
      await connection.close();
    },
  };
}

function incoming({ type, data, id }: StreamEvent, format: Format): Incoming {
  return { body: decoded(data, format), headers: { "event-type": type, ...(id === undefined ? {} : { "event-id": id }) } };
}

/** Nobody could be told of data that are none of the format: the text goes on, for the route's contract to say what it is. */
function decoded(data: string, format: Format): unknown {
  try {
    return format.decode(Buffer.from(data));
  } catch (error) {
    if (error instanceof PortolanError) return data;
    throw error;
  }
}

function idOf(position: unknown): string | undefined {
  return isRecord(position) && typeof position["id"] === "string" ? position["id"] : undefined;
}

function lowerCase(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
