import { isRecord } from "@portolan/core";

/** The value after a JSON Merge Patch (RFC 7396): maps are merged, null removes, all else replaces. Neither argument is changed. */
export function jsonMergePatch(value: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged = new Map(Object.entries(isRecord(value) ? value : {}));
  for (const [name, part] of Object.entries(patch)) {
    if (part === null) merged.delete(name);
    else merged.set(name, jsonMergePatch(merged.get(name), part));
  }
  return Object.fromEntries(merged);
}
