import { PortolanError, type PortolanErrorOptions } from "@portolan/core";

/** A place in a text: line and column count from 1, the column in characters. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** The failure of bytes or data that a format cannot read or write. */
export function formatInvalid(message: string, options: Pick<PortolanErrorOptions, "hint" | "cause"> = {}): PortolanError {
  return new PortolanError("PORTOLAN_FORMAT_INVALID", message, options);
}

export function placeOf(text: string, offset: number, firstLine = 1): TextPlace {
  let line = firstLine;
  let start = 0;
  for (let next = text.indexOf("\n"); next >= 0 && next < offset; next = text.indexOf("\n", start)) {
    line += 1;
    start = next + 1;
  }
  return { line, column: Array.from(text.slice(start, offset)).length + 1 };
}

export function checkSize(bytes: Uint8Array, maxBytes: number, title: string): void {
  if (bytes.length <= maxBytes) return;
  throw formatInvalid(`${title} is too large: expected at most ${maxBytes} bytes, found ${bytes.length}`, {
    hint: "raise maxBytes of the format if such bodies are right",
  });
}

/** What is wrong with a schema is a fault of the app's configuration; of one that is itself a body, it is one of the body. */
export function asInvalid<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof PortolanError) || cause.code !== "PORTOLAN_CONFIG_INVALID") throw cause;
    throw formatInvalid(cause.message, { cause, ...(cause.hint === undefined ? {} : { hint: cause.hint }) });
  }
}

/** What writing a body of many parts yields. Where a list or a map is missing within, the language's own error names it. */
export function written<T>(title: string, write: () => T): T {
  try {
    return write();
  } catch (cause) {
    if (cause instanceof TypeError) throw formatInvalid(`${title} cannot be written: ${cause.message}`, { cause });
    throw cause;
  }
}
