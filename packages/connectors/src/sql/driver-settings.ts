/** How long a connection may take to be made. */
export const CONNECT_MS = 10_000;
/** How many rows of a stream are read at once. */
export const STREAM_ROWS = 500;

/** Each part of a name in quotes, so that it can be nothing but a name. */
export function quotedName(name: string, quote: string): string {
  return name
    .split(".")
    .map((part) => quote + part.replaceAll(quote, quote + quote) + quote)
    .join(".");
}
