import { PortolanError } from "@portolan/core";

/** A JSON Pointer (RFC 6901), such as `/lines/0/sku`, as its unescaped parts. */
export function readPointer(pointer: string): readonly string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw invalidPointer(pointer, "a pointer is empty or begins with /");
  if (/~(?![01])/.test(pointer)) throw invalidPointer(pointer, "~ stands for itself as ~0, and for / as ~1");
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

export function writePointer(parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The value at a pointer, or undefined if there is none; own properties and items only. */
export function jsonPointer(value: unknown, pointer: string): unknown {
  let found = value;
  for (const part of readPointer(pointer)) {
    if (!holds(found, part)) return undefined;
    found = Array.isArray(found) ? found[Number(part)] : (found as Readonly<Record<string, unknown>>)[part];
  }
  return found;
}

/** Whether a list or an object has something under a part of a pointer. */
export function holds(value: unknown, part: string): boolean {
  if (Array.isArray(value)) return isIndex(part) && Number(part) < value.length;
  return typeof value === "object" && value !== null && Object.hasOwn(value, part);
}

/** Digits without a leading zero. */
export function isIndex(part: string): boolean {
  return /^(?:0|[1-9]\d{0,14})$/.test(part);
}

function invalidPointer(pointer: string, reason: string): PortolanError {
  return new PortolanError("PORTOLAN_VALUE_INVALID", `expected a JSON Pointer, found ${JSON.stringify(pointer)}: ${reason}`, {
    hint: "write it as in /lines/0/sku",
  });
}
