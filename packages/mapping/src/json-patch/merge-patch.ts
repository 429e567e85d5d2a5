type Data = Readonly<Record<string, unknown>>;

/** The value after a JSON Merge Patch (RFC 7396): maps are merged, null removes, all else replaces. Neither argument is changed. */
export function jsonMergePatch(value: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const merged = new Map(Object.entries(isMap(value) ? value : {}));
  for (const [name, part] of Object.entries(patch)) {
    if (part === null) merged.delete(name);
    else merged.set(name, jsonMergePatch(merged.get(name), part));
  }
  return Object.fromEntries(merged);
}

function isMap(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
