import { isDeepStrictEqual } from "node:util";
import { PortolanError } from "@portolan/core";
import { define } from "../compiled/values.ts";
import { holds, isIndex, jsonPointer, readPointer, writePointer } from "./pointer.ts";

/** One operation of a JSON Patch (RFC 6902). */
export type PatchOperation =
  | { readonly op: "add" | "replace" | "test"; readonly path: string; readonly value: unknown }
  | { readonly op: "remove"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly from: string; readonly path: string };

type Path = readonly string[];
/** What becomes of the list or object that holds the last part of a path. */
type Change = (holder: unknown[] | Record<string, unknown>, part: string) => void;

/**
 * The value after a JSON Patch (RFC 6902). The value itself is not changed: what the patch touches is copied. A patch that
 * cannot be applied whole fails with PORTOLAN_VALUE_INVALID, which names the operation by its index.
 */
export function jsonPatch(value: unknown, patch: readonly unknown[]): unknown {
  return patch.reduce((before, operation, index) => {
    try {
      return applyOne(before, readOperation(operation));
    } catch (thrown) {
      if (!(thrown instanceof PatchFault)) throw thrown;
      throw new PortolanError("PORTOLAN_VALUE_INVALID", `operation ${index} of the patch: ${thrown.message}`, {
        hint: "nothing of the patch was applied; compare it with the value it was made for",
      });
    }
  }, value);
}

class PatchFault extends Error {}

function applyOne(value: unknown, operation: PatchOperation): unknown {
  const path = readPointer(operation.path);
  switch (operation.op) {
    case "add":
      return add(value, path, operation.value);
    case "remove":
      return remove(value, path);
    case "replace":
      return replace(value, path, operation.value);
    case "move": {
      const from = readPointer(operation.from);
      const moved = existing(value, from);
      if (writePointer(path) !== operation.from && operation.path.startsWith(`${operation.from}/`))
        throw new PatchFault(`${operation.from} cannot move into itself`);
      return add(remove(value, from), path, moved);
    }
    case "copy":
      return add(value, path, existing(value, readPointer(operation.from)));
    case "test": {
      const found = existing(value, path);
      if (isDeepStrictEqual(found, operation.value)) return value;
      throw new PatchFault(`expected ${shown(operation.value)} at "${operation.path}", found ${shown(found)}`);
    }
    default:
      return operation satisfies never;
  }
}

function add(value: unknown, path: Path, added: unknown): unknown {
  return changed(value, { path, whole: added }, (holder, part) => {
    if (!Array.isArray(holder)) return define(holder, part, added);
    const index = part === "-" ? holder.length : isIndex(part) ? Number(part) : Number.NaN;
    if (!(index <= holder.length)) throw new PatchFault(`a list of ${holder.length} has no place "${part}"`);
    holder.splice(index, 0, added);
  });
}

function replace(value: unknown, path: Path, by: unknown): unknown {
  return changed(value, { path, whole: by }, (holder, part) => {
    if (!holds(holder, part)) throw missing(path);
    if (Array.isArray(holder)) holder[Number(part)] = by;
    else define(holder, part, by);
  });
}

function remove(value: unknown, path: Path): unknown {
  return changed(value, { path, whole: null }, (holder, part) => {
    if (!holds(holder, part)) throw missing(path);
    if (Array.isArray(holder)) holder.splice(Number(part), 1);
    else delete holder[part];
  });
}

interface Place {
  readonly path: Path;
  /** How many parts of the path lead to the value at hand. */
  readonly depth?: number;
  /** What becomes of the value if the path ends here. */
  readonly whole: unknown;
}

/** A copy of the value along a path, with the change made to its last holder. */
function changed(value: unknown, { path, depth = 0, whole }: Place, change: Change): unknown {
  const part = path[depth];
  if (part === undefined) return whole;
  if (typeof value !== "object" || value === null) throw missing(path.slice(0, depth + 1));
  const copy = Array.isArray(value) ? [...(value as unknown[])] : copyOf(value as Readonly<Record<string, unknown>>);
  if (depth === path.length - 1) {
    change(copy, part);
    return copy;
  }
  if (!holds(copy, part)) throw missing(path.slice(0, depth + 1));
  const inner = Array.isArray(copy) ? copy[Number(part)] : copy[part];
  const next = changed(inner, { path, depth: depth + 1, whole }, change);
  if (Array.isArray(copy)) copy[Number(part)] = next;
  else define(copy, part, next);
  return copy;
}

function copyOf(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object));
}

function existing(value: unknown, path: Path): unknown {
  const holder = path.length === 0 ? { "": value } : jsonPointer(value, writePointer(path.slice(0, -1)));
  if (path.length > 0 && !holds(holder, path.at(-1) ?? "")) throw missing(path);
  return jsonPointer(value, writePointer(path));
}

function missing(path: Path): PatchFault {
  return new PatchFault(`there is nothing at "${writePointer(path)}"`);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function readOperation(operation: unknown): PatchOperation {
  if (typeof operation !== "object" || operation === null) throw new PatchFault("expected a map with op and path");
  const { op, path, from } = operation as Readonly<Record<string, unknown>>;
  if (typeof path !== "string") throw new PatchFault("path must be a JSON Pointer");
  if ((op === "move" || op === "copy") && typeof from !== "string") throw new PatchFault("from must be a JSON Pointer");
  if ((op === "add" || op === "replace" || op === "test") && !Object.hasOwn(operation, "value"))
    throw new PatchFault(`${op} needs a value`);
  if (!OPERATIONS.has(op)) throw new PatchFault(`op must be one of ${[...OPERATIONS].join(", ")}, found ${shown(op ?? null)}`);
  // Its shape was just checked.
  return operation as PatchOperation;
}

const OPERATIONS: ReadonlySet<unknown> = new Set(["add", "remove", "replace", "move", "copy", "test"]);
