/** A value as JSON can hold it, keys in their order: so that two that are the same look the same. */
export function plainValue(value: unknown): unknown {
  if (value instanceof Uint8Array) return `${value.length} bytes: ${Buffer.from(value).toString("base64")}`;
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value)) return value.map(plainValue);
  if (typeof value !== "object" || value === null || "toJSON" in value) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, entry]) => [key, plainValue(entry)]));
}
