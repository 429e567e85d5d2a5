import { isRecord, type JsonSchema } from "@portolan/core";

/** What is marked so is seen by one side only. */
export type Direction = "readOnly" | "writeOnly";

/** Schemas, or one, in which properties with the mark need not be there. */
export function directedSchema(value: unknown, mark: Direction): unknown {
  if (Array.isArray(value)) return value.map((one) => directedSchema(one, mark));
  if (!isRecord(value)) return value;
  const copy: Record<string, unknown> = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, directedSchema(inner, mark)]));
  const { required, properties } = copy;
  if (!Array.isArray(required) || !isRecord(properties)) return copy;
  const isMarkedName = (name: unknown) => typeof name === "string" && isMarked(properties[name], mark);
  return required.some(isMarkedName) ? { ...copy, required: required.filter((name) => !isMarkedName(name)) } : copy;
}

function isMarked(property: unknown, mark: string): boolean {
  return isRecord(property) && (property satisfies JsonSchema)[mark] === true;
}
