import { describeValue, isRecord } from "@portolan/core";
import { text } from "../openapi/parts.ts";
import type { Part, References } from "../openapi/references.ts";
import { unreadable } from "../openapi/unreadable.ts";

/** A part that has to be a map. */
export function recordOf({ value }: Part, place: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw unreadable(`${place}: expected a map, found ${describeValue(value)}`);
}

/** What a map has under its names, or nothing if it is left out; extensions are let be. */
export function entriesOf(references: References, part: Part): readonly (readonly [string, Part])[] {
  if (part.value === undefined || part.value === null) return [];
  const names = Object.keys(recordOf(part, part.pointer.slice(1).replaceAll("/", ".")));
  return names.filter((name) => !name.startsWith("x-")).map((name) => [name, references.child(part, name)] as const);
}

/** What a list has, or nothing if it is left out. */
export function itemsOf(references: References, part: Part, place: string): readonly Part[] {
  if (part.value === undefined || part.value === null) return [];
  if (!Array.isArray(part.value)) throw unreadable(`${place}: expected a list, found ${describeValue(part.value)}`);
  return part.value.map((_, index) => references.child(part, index));
}

/** Where a part is, wherever it is referred to from. */
export function identityOf({ file, pointer }: Part): string {
  return `${file}#${pointer}`;
}

/** The names of tags. */
export function tagsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(isRecord).flatMap((tag) => text(tag["name"]) ?? []) : [];
}

/**
 * What a part says under a name, or a trait of its that does. Of version 3 the part itself goes before its traits, the last of
 * which goes before the others; in version 2 traits go before the part.
 */
export interface TraitReader {
  read(key: string): Part;
  /** As it stands there: a reference is not followed, so that a schema keeps its name. */
  raw(key: string): Part;
}

export function traitReader(references: References, part: Part, version: 2 | 3): TraitReader {
  const traits = itemsOf(references, references.child(part, "traits"), "traits").toReversed();
  const order = version === 2 ? [...traits, part] : [part, ...traits];
  const holderOf = (key: string) => order.find(({ value }) => isRecord(value) && value[key] !== undefined) ?? part;
  return { read: (key) => references.child(holderOf(key), key), raw: (key) => rawChild(holderOf(key), key) };
}

/** The part below another as it stands there. */
export function rawChild({ value, file, pointer }: Part, key: string): Part {
  return { value: isRecord(value) ? value[key] : undefined, file, pointer: `${pointer}/${key}` };
}
