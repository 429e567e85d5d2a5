import { PortolanError, describeValue } from "@portolan/core";

/** JSONata's boolean cast: flow-format section 2. */
export function truth(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (value === undefined || value === null || value === 0 || value === "") return false;
  if (Array.isArray(value)) return value.some(truth);
  if (typeof value === "number") return !Number.isNaN(value);
  if (typeof value === "object") return Object.keys(value).length > 0 || !isPlain(value);
  return typeof value !== "function";
}

/** A number, or text that is wholly a finite decimal number. */
export function numberOf(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "string" && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(value)) {
    const number = Number(value);
    if (Number.isFinite(number)) return number;
  }
  throw new PortolanError("PORTOLAN_EXPRESSION_TYPE", `${what} must be a number, found ${describeValue(value)}`);
}

/** A list as it is; nothing and null are the empty list; any other value is a list of one. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** The JSON text of a key, or undefined if it is missing. */
export function keyOf(value: unknown): string | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return value === undefined || value === null || value === "" ? undefined : JSON.stringify(value);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
