import { isDeepStrictEqual } from "node:util";
import { isRecord } from "@portolan/core";
import type { PatchOperation } from "./patch.ts";
import { writePointer } from "./pointer.ts";

type Data = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

/**
 * A JSON Patch (RFC 6902) that makes the second value of the first. Lists are compared from both ends: what lies between is
 * replaced one by one, then removed or added.
 */
export function jsonDiff(before: unknown, after: unknown): readonly PatchOperation[] {
  return [...differences(before, after, [])];
}

function* differences(before: unknown, after: unknown, path: Path): Generator<PatchOperation> {
  if (Array.isArray(before) && Array.isArray(after)) yield* betweenLists(before, after, path);
  else if (isRecord(before) && isRecord(after)) yield* betweenMaps(before, after, path);
  else if (!isDeepStrictEqual(before, after)) yield { op: "replace", path: writePointer(path), value: after };
}

function* betweenMaps(before: Data, after: Data, path: Path): Generator<PatchOperation> {
  for (const name of Object.keys(before)) {
    if (Object.hasOwn(after, name)) yield* differences(before[name], after[name], [...path, name]);
    else yield { op: "remove", path: writePointer([...path, name]) };
  }
  for (const name of Object.keys(after)) {
    if (!Object.hasOwn(before, name)) yield { op: "add", path: writePointer([...path, name]), value: after[name] };
  }
}

function* betweenLists(before: readonly unknown[], after: readonly unknown[], path: Path): Generator<PatchOperation> {
  let start = 0;
  while (start < before.length && start < after.length && isDeepStrictEqual(before[start], after[start])) start += 1;
  let same = 0;
  while (same < Math.min(before.length, after.length) - start && isDeepStrictEqual(before.at(-1 - same), after.at(-1 - same))) same += 1;
  const [oldEnd, newEnd] = [before.length - same, after.length - same];
  const shared = Math.min(oldEnd, newEnd);
  for (let index = start; index < shared; index++) yield* differences(before[index], after[index], [...path, index]);
  for (let index = oldEnd - 1; index >= shared; index--) yield { op: "remove", path: writePointer([...path, index]) };
  for (let index = shared; index < newEnd; index++) yield { op: "add", path: writePointer([...path, index]), value: after[index] };
}
