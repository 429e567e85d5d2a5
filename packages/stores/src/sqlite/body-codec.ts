import { inspect } from "node:util";
import { PortolanError } from "@portolan/core";

/** How a body lies in its row or file. The numbers are on disk. */
export const BODY_KIND = { json: 0, text: 1, bytes: 2 } as const;
export type BodyKind = (typeof BODY_KIND)[keyof typeof BODY_KIND];

export interface EncodedBody {
  readonly kind: BodyKind;
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/** Bytes and text as they are, everything else as JSON. Fails on what JSON would silently empty. */
export function encodeBody(body: unknown, what = "body"): EncodedBody {
  if (body instanceof Uint8Array) return { kind: BODY_KIND.bytes, content: new Uint8Array(body) };
  // A text that is not Unicode, as JavaScript allows, is only safe as JSON, which escapes it.
  if (typeof body === "string" && body.isWellFormed()) return { kind: BODY_KIND.text, content: body };
  return { kind: BODY_KIND.json, content: encodeJson(body ?? null, what) };
}

export function decodeBody(kind: number, content: string | Uint8Array | null): unknown {
  if (kind === BODY_KIND.bytes) return content;
  // Texts that lay in a file come as bytes.
  const text =
    content instanceof Uint8Array ? Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("utf8") : content;
  return kind === BODY_KIND.text || text === null ? text : JSON.parse(text);
}

/** Any body as JSON text, for where it is a part of something else. */
export function encodeNested(body: unknown): string {
  if (body instanceof Uint8Array) return JSON.stringify({ base64: Buffer.from(body).toString("base64") });
  return `{"json":${encodeJson(body ?? null, "body")}}`;
}

/** As `encodeNested`, but of what cannot be stored only a picture: a failure must never fail because of its details. */
export function encodeNestedAnyhow(body: unknown): string {
  try {
    return encodeNested(body);
  } catch (error) {
    if (!(error instanceof PortolanError)) throw error;
    return JSON.stringify({ json: inspect(body, { depth: 4, maxStringLength: 10_000 }) });
  }
}

export function decodeNested(nested: unknown): unknown {
  if (typeof nested !== "object" || nested === null) return nested;
  if ("base64" in nested) return new Uint8Array(Buffer.from(String(nested.base64), "base64"));
  return "json" in nested ? nested.json : undefined;
}

/** JSON text of a value that is data through and through. */
export function encodeJson(value: unknown, what: string): string {
  const found = findUnstorable(value, []);
  if (found !== undefined) throw unstorableError(what, found);
  return JSON.stringify(value);
}

export interface Unstorable {
  /** Names that lead to it, the last first. */
  readonly path: string[];
  readonly is: string;
}

/** The first member that JSON cannot hold; undefined if there is none. */
function findUnstorable(value: unknown, above: object[]): Unstorable | undefined {
  switch (typeof value) {
    case "function":
    case "symbol":
    case "bigint":
      return { path: [], is: `is a ${typeof value}` };
    case "object":
      return value === null ? undefined : findUnstorableWithin(value, above);
    default:
      return undefined;
  }
}

function findUnstorableWithin(value: object, above: object[]): Unstorable | undefined {
  // JSON would make it an empty object.
  if (Symbol.asyncIterator in value) return { path: [], is: "is a stream" };
  if (above.includes(value)) return { path: [], is: "contains itself" };
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) {
    if (isEmptiedByJson(value)) return { path: [], is: `is a ${value.constructor.name}` };
    if ("toJSON" in value) return undefined;
  }
  above.push(value);
  for (const name of Object.keys(value)) {
    // A list is read by its indexes, which are its names.
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof member === "string" || typeof member === "number") continue;
    const found = findUnstorable(member, above);
    if (found === undefined) continue;
    found.path.push(name);
    return found;
  }
  above.pop();
  return undefined;
}

function isEmptiedByJson(value: object): boolean {
  return EMPTIED.some((type) => value instanceof type) || ArrayBuffer.isView(value);
}

const EMPTIED = [Map, Set, ArrayBuffer, Error, RegExp, Promise, WeakMap, WeakSet] as const;

export function unstorableError(what: string, { path, is }: Unstorable): PortolanError {
  const place = [what, ...path.toReversed()].join(".");
  return new PortolanError("PORTOLAN_BODY_UNSTORABLE", `${place} ${is}, where JSON data, a text or bytes were expected`, {
    hint: "Map it to plain data before it is sent to a durable channel, or stored.",
  });
}
