/** Every target in a part of the tree, wherever patterns put them. */
export function* targetsOf(value: unknown): Iterable<Readonly<Record<string, unknown>>> {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  if (Array.isArray(value)) {
    for (const item of value) yield* targetsOf(item);
    return;
  }
  const record = value as Readonly<Record<string, unknown>>;
  if ("kind" in record && ((record["kind"] === "channel" && "channel" in record) || (record["kind"] === "route" && "route" in record)))
    yield record;
  if (Object.getPrototypeOf(record) !== Object.prototype) return;
  for (const [key, child] of Object.entries(record)) {
    if (key !== "connector" && key !== "input" && key !== "output" && key !== "contract" && key !== "from") yield* targetsOf(child);
  }
}
