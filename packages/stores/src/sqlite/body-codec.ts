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
export function encodeBody(body: unknown): EncodedBody {
  if (body instanceof Uint8Array) return { kind: BODY_KIND.bytes, content: new Uint8Array(body) };
  // A text that is not Unicode, as JavaScript allows, is only safe as JSON, which escapes it.
  if (typeof body === "string" && body.isWellFormed()) return { kind: BODY_KIND.text, content: body };
  return { kind: BODY_KIND.json, content: encodeJson(body ?? null, "body") };
}

export function decodeBody(kind: number, content: unknown): unknown {
  switch (kind) {
    case BODY_KIND.bytes:
      return content;
    case BODY_KIND.text:
      return content instanceof Uint8Array ? Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString("utf8") : content;
    default:
      return JSON.parse(String(decodeBody(BODY_KIND.text, content)));
  }
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
  const found = findUnstorable(value, what, []);
  if (found !== undefined) throw unstorableError(what, found);
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw unstorableError(what, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** The first member that JSON cannot hold, as `path is what`; undefined if there is none. */
function findUnstorable(value: unknown, path: string, above: object[]): string | undefined {
  switch (typeof value) {
    case "function":
    case "symbol":
    case "bigint":
      return `${path} is a ${typeof value}`;
    case "object":
      return value === null ? undefined : findUnstorableWithin(value, path, above);
    default:
      return undefined;
  }
}

function findUnstorableWithin(value: object, path: string, above: object[]): string | undefined {
  if (above.includes(value)) return `${path} contains itself`;
  if ("toJSON" in value && !(value instanceof Uint8Array)) return undefined;
  if (isEmptiedByJson(value)) return `${path} is a ${value.constructor.name}`;
  above.push(value);
  for (const name of Object.keys(value)) {
    // A list is read by its indexes, which are its names.
    const found = findUnstorable((value as Readonly<Record<string, unknown>>)[name], `${path}.${name}`, above);
    if (found !== undefined) return found;
  }
  above.pop();
  return undefined;
}

function isEmptiedByJson(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === Array.prototype || prototype === null) return false;
  return (
    ArrayBuffer.isView(value) ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof ArrayBuffer ||
    value instanceof Error ||
    value instanceof RegExp ||
    value instanceof Promise
  );
}

function unstorableError(what: string, found: string, cause?: unknown): PortolanError {
  return new PortolanError("PORTOLAN_BODY_UNSTORABLE", `a ${what} was expected to be JSON data, a text or bytes, and ${found}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "Map the body to plain data before it is sent to a durable channel.",
  });
}
