import { isRecord, type Clock } from "@portolan/core";

/** What is sent in silence, so that neither side takes the connection for dead. */
const HEARTBEAT = Buffer.from(":\n\n");
const HEARTBEAT_MS = 15_000;

const FIELDS = new Set(["event", "id", "data", "retry"]);

/**
 * A value as a server-sent event (WHATWG HTML, section 9.2): a map of `event`, `id`, `data` and `retry` is one, everything else is the data of
 * one. Data that are no text are JSON.
 */
export function eventText(value: unknown): string {
  const isEvent = isRecord(value) && Object.keys(value).length > 0 && Object.keys(value).every((name) => FIELDS.has(name));
  const { event, id, retry, data } = isEvent ? value : { event: undefined, id: undefined, retry: undefined, data: value };
  const text = typeof data === "string" ? data : data === undefined ? undefined : JSON.stringify(data);
  const lines = [
    ...line("event", event),
    ...line("id", id),
    ...line("retry", retry),
    ...(text === undefined ? [] : text.split(/\r\n|\r|\n/).map((part) => `data: ${part}`)),
  ];
  return `${lines.join("\n")}\n\n`;
}

/** A line end would begin another field. */
function line(name: string, value: unknown): readonly string[] {
  return value === undefined || value === null ? [] : [`${name}: ${String(value).replaceAll(/[\r\n\0]+/g, " ")}`];
}

/** The events of a stream, with a sign of life where there are none for a while. Ends with the signal. */
export async function* eventChunks(values: AsyncIterable<unknown>, clock: Clock, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const iterator = values[Symbol.asyncIterator]();
  let next = iterator.next();
  // Whoever waits for it hears of a failure; nobody may, when the caller has gone.
  next.catch(() => undefined);
  try {
    for (;;) {
      const found = await firstOf(next, clock, signal);
      if (found === "ended") return;
      if (found === "silence") yield HEARTBEAT;
      else if (found.done === true) return;
      else {
        yield Buffer.from(eventText(found.value));
        next = iterator.next();
        next.catch(() => undefined);
      }
    }
  } finally {
    // Not waited for: it may be in the middle of something that never ends.
    void iterator.return?.()?.catch(() => undefined);
  }
}

function firstOf<T>(next: Promise<T>, clock: Clock, signal: AbortSignal): Promise<T | "silence" | "ended"> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(HEARTBEAT_MS, () => settle(() => resolve("silence")));
    const ended = () => settle(() => resolve("ended"));
    const settle = (done: () => void): void => {
      timer.cancel();
      signal.removeEventListener("abort", ended);
      done();
    };
    if (signal.aborted) return ended();
    signal.addEventListener("abort", ended);
    next.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
