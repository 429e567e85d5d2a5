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
  // The empty object is frozen, and V8 is slow to copy those: a round of a loop costs a fifth more with it.
  return withAttributes(message, message.attributes === NO_ATTRIBUTES ? { [name]: value } : { ...message.attributes, [name]: value });
}

/** The message without one attribute; the same message if it was not set. */
export function withoutAttribute<Body>(message: Message<Body>, name: string): Message<Body> {
  if (!(name in message.attributes)) return message;
  const { [name]: _removed, ...rest } = message.attributes;
  return withAttributes(message, rest);
}

/** Marks headers that must be copied name by name: they hold hidden aliases, or a name that would set the prototype. */
const DELICATE: unique symbol = Symbol("delicate");

type PlainHeaders = Readonly<Record<string, HeaderValue | undefined>>;

/**
 * Headers from plain data. Of two names that differ only in case the later wins.
 * A name with capitals gets a hidden lower-case alias, so that both spellings can be read.
 */
export function createHeaders(values: PlainHeaders): Headers {
  return headersFrom(values, isSpelled);
}

/**
 * `createHeaders` for whoever makes headers of the same names in the same order all the time: names that need no care are
 * remembered by their position. Comparing a name to itself costs an eighth of looking for capitals.
 */
export function createHeaderMaker(): (values: PlainHeaders) => Headers {
  const plain: string[] = [];
  const needsCare = (name: string, position: number): boolean => {
    if (plain[position] === name) return false;
    if (isSpelled(name)) return true;
    if (position < REMEMBERED) plain[position] = name;
    return false;
  };
  return (values) => headersFrom(values, needsCare);
}

const REMEMBERED = 64;

function headersFrom(values: PlainHeaders, needsCare: (name: string, position: number) => boolean): Headers {
  let position = 0;
  for (const name in values) {
    const value = values[name];
    if (value === undefined || value === null || needsCare(name, position)) return carefulHeaders(values);
    position += 1;
  }
  // No value is undefined. Copied whole: that is five times as fast as name by name.
  return { ...values } as Headers;
}

/** Headers with some set (replacing any spelling of the name) and, where the value is undefined, removed. */
export function mergeHeaders(headers: Headers, changes: PlainHeaders): Headers {
  let merged = headers;
  for (const name of Object.keys(changes)) {
    const value = changes[name];
    merged = value === undefined ? withoutHeader(merged, name) : withHeader(merged, name, value);
  }
  return merged;
}

/** Headers with one set, in place of any spelling of its name. */
export function withHeader(headers: Headers, name: string, value: HeaderValue): Headers {
  return headerSetter(name)(headers, value);
}

/** `withHeader` for one name that is set again and again. */
export function headerSetter(name: string): (headers: Headers, value: HeaderValue) => Headers {
  if (isSpelled(name)) return (headers, value) => carefulSet(headers, name, value);
  return (headers, value) => {
    if (isDelicate(headers) || hasOtherSpelling(headers, name)) return carefulSet(headers, name, value);
    const copy: Record<string, HeaderValue> = { ...headers };
    copy[name] = value;
    return copy;
  };
}

/** Headers without one, whatever its spelling; the same headers if they have no such name. */
export function withoutHeader(headers: Headers, name: string): Headers {
  return withoutHeaders(headers, headerMatcher(name));
}

/** Whether a name is this one, whatever its spelling. */
export function headerMatcher(name: string): (known: string) => boolean {
  const lower = name.toLowerCase();
  return (known) => known === name || known === lower || isOtherSpelling(known, lower);
}

/** Headers without those whose name, as it is spelled, matches; the same headers if none does. */
export function withoutHeaders(headers: Headers, matches: (name: string) => boolean): Headers {
  const kept: Record<string, HeaderValue> = {};
  const delicate = isDelicate(headers);
  let removed = false;
  for (const name in headers) {
    const value = headers[name];
    if (matches(name)) removed = true;
    else if (value === undefined) continue;
    else if (delicate || name === "__proto__") setHeader(kept, name, value);
    else kept[name] = value;
  }
  return removed ? kept : headers;
}

/** Reads a header whatever its spelling. */
export function header(headers: Headers, name: string): HeaderValue | undefined {
  if (Object.hasOwn(headers, name)) return headers[name];
  const lower = name.toLowerCase();
  return Object.hasOwn(headers, lower) ? headers[lower] : undefined;
}

/** Whether a name has capitals, or would set the prototype. */
function isSpelled(name: string): boolean {
  return /[A-Z]/.test(name) || name === "__proto__";
}

function isDelicate(headers: Headers & { readonly [DELICATE]?: true }): boolean {
  return headers[DELICATE] === true;
}

/** Whether headers hold a name that differs from a lower-case one only in case. */
function hasOtherSpelling(headers: Headers, lower: string): boolean {
  for (const known in headers) if (known !== lower && isOtherSpelling(known, lower)) return true;
  return false;
}

/** Length and first letter tell most names apart; putting a name in lower case costs more than setting a header. */
function isOtherSpelling(known: string, lower: string): boolean {
  if (known.length !== lower.length) return false;
  const first = known.charCodeAt(0);
  return (first >= 128 || (first | 32) === (lower.charCodeAt(0) | 32)) && known.toLowerCase() === lower;
}

function carefulHeaders(values: PlainHeaders): Headers {
  const headers: Record<string, HeaderValue> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null) setHeader(headers, name, value);
  }
  return headers;
}

function carefulSet(headers: Headers, name: string, value: HeaderValue): Headers {
  const changed: Record<string, HeaderValue> = {};
  for (const [known, kept] of Object.entries(headers)) setHeader(changed, known, kept);
  setHeader(changed, name, value);
  return changed;
}

function setHeader(headers: Record<string, HeaderValue>, name: string, value: HeaderValue): void {
  const lower = name.toLowerCase();
  for (const known of Object.keys(headers)) {
    if (known !== name && known.toLowerCase() === lower) delete headers[known];
  }
  Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true });
  if (name !== lower) Object.defineProperty(headers, lower, { value, enumerable: false, configurable: true, writable: true });
  if (isSpelled(name)) Object.defineProperty(headers, DELICATE, { value: true });
}
