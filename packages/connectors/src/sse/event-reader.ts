import { PortolanError } from "@portolan/core";

/** One event of a stream. */
export interface StreamEvent {
  readonly type: string;
  readonly data: string;
  /** The id that the event itself has; undefined if it has none. */
  readonly id: string | undefined;
}

export interface EventReading {
  /** Larger events are PORTOLAN_BODY_TOO_LARGE. */
  readonly maxBytes: number;
  /** The stream says how many milliseconds to wait before connecting again. */
  onRetry(delayMs: number): void;
}

/** The events of a stream (HTML, section 9.2.6). What follows the last blank line is no event. */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>, { maxBytes, onRetry }: EventReading): AsyncGenerator<StreamEvent> {
  let type = "";
  let data: string[] = [];
  let id: string | undefined;
  let size = 0;
  for await (const line of readLines(chunks, maxBytes)) {
    if (line === "") {
      if (data.length > 0) yield { type: type === "" ? "message" : type, data: data.join("\n"), id };
      [type, data, id, size] = ["", [], undefined, 0];
      continue;
    }
    size += line.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") type = value;
    else if (field === "data") data.push(value);
    else if (field === "id" && !value.includes("\0")) id = value;
    else if (field === "retry" && /^\d+$/.test(value)) onRetry(Number(value));
  }
}

/** Lines end with CR, LF, or both; a CR at the end of a piece may have its LF in the next one. */
async function* readLines(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    yield* lines;
    if (rest.length > maxBytes) throw tooLarge(maxBytes);
  }
}

function tooLarge(maxBytes: number): PortolanError {
  return new PortolanError("PORTOLAN_BODY_TOO_LARGE", `an event is larger than ${maxBytes} bytes`, {
    hint: "raise maxEvent if such events are right",
  });
}
