/** A value that a header can hold. There is no null header. */
export type HeaderScalar = string | number | boolean;
export type HeaderValue = HeaderScalar | readonly HeaderScalar[];

/** Wire data. Names ignore case and keep their spelling; a name that is not lower case can also be read in lower case. */
export type Headers = Readonly<Record<string, HeaderValue>>;

/** What the engine and the route know about a message. Never filled from the wire, never sent. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What travels along a route. Immutable: a step yields a new message. */
export interface Message<Body = unknown> {
  readonly id: string;
  readonly body: Body;
  readonly headers: Headers;
  readonly attributes: Attributes;
}

export const NO_HEADERS: Headers = Object.freeze({});
export const NO_ATTRIBUTES: Attributes = Object.freeze({});

export function createMessage<Body>(id: string, body: Body, headers?: Record<string, HeaderValue>): Message<Body> {
  return { id, body, headers: headers === undefined ? NO_HEADERS : createHeaders(headers), attributes: NO_ATTRIBUTES };
}

export function withBody<Body>(message: Message, body: Body): Message<Body> {
  return { id: message.id, body, headers: message.headers, attributes: message.attributes };
}

export function withHeaders<Body>(message: Message<Body>, headers: Headers): Message<Body> {
  return { id: message.id, body: message.body, headers, attributes: message.attributes };
}

export function withAttributes<Body>(message: Message<Body>, attributes: Attributes): Message<Body> {
  return { id: message.id, body: message.body, headers: message.headers, attributes };
}

/** The message with one attribute set. */
export function withAttribute<Body>(message: Message<Body>, name: string, value: unknown): Message<Body> {
  return withAttributes(message, { ...message.attributes, [name]: value });
}

/** The message without one attribute; the same message if it was not set. */
export function withoutAttribute<Body>(message: Message<Body>, name: string): Message<Body> {
  if (!(name in message.attributes)) return message;
  const { [name]: _removed, ...rest } = message.attributes;
  return withAttributes(message, rest);
}

/**
 * Headers from plain data. Of two names that differ only in case the later wins.
 * A name with capitals gets a hidden lower-case alias, so that both spellings can be read.
 */
export function createHeaders(values: Readonly<Record<string, HeaderValue | undefined>>): Headers {
  const headers: Record<string, HeaderValue> = {};
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value === undefined || value === null) continue;
    // Most headers come in lower case already; the others, and a name that would set the prototype, take the careful way.
    if (/[A-Z]/.test(name) || name === "__proto__") return carefulHeaders(values);
    headers[name] = value;
  }
  return headers;
}

function carefulHeaders(values: Readonly<Record<string, HeaderValue | undefined>>): Headers {
  const headers: Record<string, HeaderValue> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null) setHeader(headers, name, value);
  }
  return headers;
}

/** Headers with some set (replacing any spelling of the name) and, where the value is undefined, removed. */
export function mergeHeaders(headers: Headers, changes: Readonly<Record<string, HeaderValue | undefined>>): Headers {
  const merged: Record<string, HeaderValue> = {};
  const changed = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && !changed.has(name.toLowerCase())) setHeader(merged, name, value);
  }
  for (const name of Object.keys(changes)) {
    const value = changes[name];
    if (value !== undefined) setHeader(merged, name, value);
  }
  return merged;
}

/** Reads a header whatever its spelling. */
export function header(headers: Headers, name: string): HeaderValue | undefined {
  if (Object.hasOwn(headers, name)) return headers[name];
  const lower = name.toLowerCase();
  return Object.hasOwn(headers, lower) ? headers[lower] : undefined;
}

function setHeader(headers: Record<string, HeaderValue>, name: string, value: HeaderValue): void {
  const lower = name.toLowerCase();
  for (const known of Object.keys(headers)) {
    if (known !== name && known.toLowerCase() === lower) delete headers[known];
  }
  if (name === lower) {
    Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
  Object.defineProperty(headers, lower, { value, enumerable: false, configurable: true, writable: true });
}
