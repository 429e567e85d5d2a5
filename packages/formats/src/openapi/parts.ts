/** A text that says something. Numbers are taken, since YAML reads a version such as 1.0 as one. */
export function text(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** An entry of a map for what is there. */
export function given<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  // Computed keys of a generic type widen to string.
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}
