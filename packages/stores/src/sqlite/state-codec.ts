import type { DropStateEffect, PutStateEffect, StateRow } from "@portolan/core";
import { BODY_KIND, type EncodedBody, decodeBody, encodeBody, encodeJson, unstorableError } from "./body-codec.ts";
import { newVersion } from "../state-version.ts";
import { spoolable } from "./message-codec.ts";
import type { EncodedEffect, EncodedItem, EncodedStateRow, StoredItem } from "./protocol.ts";

/** A structure with bytes in it. Like the kinds of bodies the number is on disk. */
const STRUCTURE = 3;
const WHAT = "value";
const NO_ITEMS: readonly EncodedItem[] = [];

export function encodePut(effect: PutStateEffect, spoolAbove: number): EncodedEffect {
  const { scope, key, due = null, until = null, expected, items } = effect;
  const { kind, content } = encodeValue(effect.value);
  const added = items === undefined ? NO_ITEMS : items.map((item) => encodeItem(item, spoolAbove));
  return ["putState", scope, key, kind, ...spoolable(content, spoolAbove), due, until, expected, newVersion(effect), added];
}

function encodeItem(item: unknown, spoolAbove: number): EncodedItem {
  const { kind, content } = encodeValue(item);
  return [kind, ...spoolable(content, spoolAbove)];
}

export function encodeDrop({ scope, key, expected }: DropStateEffect): EncodedEffect {
  return ["dropState", scope, key, expected];
}

export function decodeStateRow([order, key, kind, content, version, due, count]: EncodedStateRow): StateRow {
  const value = decodeItem([kind, content]);
  return due === null ? { key, value, version, count, order } : { key, value, version, count, due, order };
}

export function decodeItem([kind, content]: StoredItem): unknown {
  return kind === STRUCTURE ? decodeStructure(content) : decodeBody(kind, content);
}

function encodeValue(value: unknown): { readonly kind: number; readonly content: EncodedBody["content"] } {
  if (value instanceof Uint8Array) return encodeBody(value);
  const bytes: BytesWithin[] = [];
  const rest = withoutBytes(value, { path: [], above: [], bytes });
  if (bytes.length === 0) return encodeBody(value, WHAT);
  return { kind: STRUCTURE, content: `{"rest":${encodeJson(rest, WHAT)},"bytes":${JSON.stringify(bytes)}}` };
}

type BytesWithin = readonly [path: readonly string[], base64: string];

interface Search {
  readonly path: readonly string[];
  readonly above: readonly object[];
  readonly bytes: BytesWithin[];
}

/** The value itself if there are no bytes in it; else a copy with null in their places, which are added to `bytes`. */
function withoutBytes(value: unknown, { path, above, bytes }: Search): unknown {
  if (value instanceof Uint8Array) {
    bytes.push([path, Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")]);
    return null;
  }
  if (typeof value !== "object" || value === null || !isPlain(value)) return value;
  if (above.includes(value)) throw unstorableError(WHAT, { path: path.toReversed(), is: "contains itself" });
  const before = bytes.length;
  const members = Object.entries(value).map(([name, member]): readonly [string, unknown] => {
    return [name, typeof member === "object" ? withoutBytes(member, { path: [...path, name], above: [...above, value], bytes }) : member];
  });
  if (bytes.length === before) return value;
  return Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null;
}

function decodeStructure(content: StoredItem[1]): unknown {
  const { rest, bytes } = decodeBody(BODY_KIND.json, content) as { readonly rest: unknown; readonly bytes: readonly BytesWithin[] };
  const root: Record<string, unknown> = { rest };
  for (const [path, base64] of bytes) {
    const names = ["rest", ...path];
    const last = names.pop() as string;
    // The encoder names places that are there; a list is read by its indexes, which are its names.
    const place = names.reduce((within, name) => within[name] as Record<string, unknown>, root);
    place[last] = new Uint8Array(Buffer.from(base64, "base64"));
  }
  return root["rest"];
}
