import { JsonataError } from "./errors.ts";
import { type Frame, type Run, spend } from "./frame.ts";
import type { Matcher } from "./regex/matcher.ts";

/** Own properties of a plain value. */
export type Data = Readonly<Record<string, unknown>>;

export interface CallContext {
  readonly input: unknown;
  readonly frame: Frame;
}

interface FunctionParts {
  readonly name: string;
  readonly arity: number;
  /** Of a function of the language: what it takes and yields, such as `<s-n?:s>`. */
  readonly signature?: string;
  /** May answer with a TailCall, which `apply` follows. */
  readonly invoke: (args: unknown[], context: CallContext) => unknown;
  /** What a regular expression searches with, so that no match has to be made an object. */
  readonly matcher?: Matcher | undefined;
}

/**
 * A function as a value: built in, bound from outside, written in the expression, or a regular expression. A class with hidden fields,
 * since an expression that reads own properties must find none here.
 */
export class FunctionValue {
  readonly #parts: FunctionParts;

  constructor(parts: FunctionParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.name;
  }

  get arity(): number {
    return this.#parts.arity;
  }

  get signature(): string | undefined {
    return this.#parts.signature;
  }

  get matcher(): Matcher | undefined {
    return this.#parts.matcher;
  }

  invoke(args: unknown[], context: CallContext): unknown {
    return this.#parts.invoke(args, context);
  }
}

export function createFunction(parts: FunctionParts): FunctionValue {
  return new FunctionValue(parts);
}

export function isFunction(value: unknown): value is FunctionValue {
  return value instanceof FunctionValue;
}

/** Lists of one that must stay lists (`x[]`). Longer results are lists anyway. */
const kept = new WeakSet<object>();
/** Lists written as a step of a path, which are not merged into their neighbours. */
const constructed = new WeakSet<object>();
/** The list around the whole input, if that is a list: a path sees one item. */
const outer = new WeakSet<object>();

/** Lists around a single list, so that it is not merged. */
const wrapped = new WeakSet<object>();

export const marks = { kept, constructed, outer };

/** A list in a list that stands for what is in it: it is merged, and the list in it is not. */
export function wrap(list: readonly unknown[]): readonly unknown[] {
  const sequence = [list];
  wrapped.add(sequence);
  return sequence;
}

/** Whether a list of one is a sequence, which stands for what is in it. */
export function isSequence(list: readonly unknown[]): boolean {
  return list.length === 1 && (kept.has(list) || wrapped.has(list));
}

export function isWrapped(value: unknown): value is readonly unknown[] {
  return isList(value) && value.length === 1 && wrapped.has(value);
}

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function isObject(value: unknown): value is Data {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isFunction(value);
}

/** The input of a whole expression, without the list around it. */
export function wholeInput(input: unknown): unknown {
  return isList(input) && outer.has(input) ? input[0] : input;
}

/** What a sequence stands for: nothing, its only value, or a list. */
export function unwrap(sequence: readonly unknown[], run?: Run): unknown {
  if (sequence.length > 1) {
    run?.sequences?.add(sequence);
    return sequence;
  }
  return sequence.length === 1 ? sequence[0] : undefined;
}

/** A sequence that stays a list, unless there is nothing. */
export function keepList(sequence: readonly unknown[]): unknown {
  if (sequence.length === 0) return undefined;
  kept.add(sequence);
  return sequence;
}

export function listOf(value: unknown): readonly unknown[] {
  return value === undefined ? [] : isList(value) ? value : [value];
}

/** Both values in one list. */
export function append(left: unknown, right: unknown): unknown {
  if (left === undefined) return right;
  if (right === undefined) return left;
  return listOf(left).concat(listOf(right));
}

/** An own property; of a list, those of its items. */
export function lookup(value: unknown, name: string): unknown {
  if (isList(value)) {
    const found: unknown[] = [];
    for (const item of value) {
      const part = lookup(item, name);
      if (isList(part)) for (const one of part) found.push(one);
      else if (part !== undefined) found.push(part);
    }
    return unwrap(found);
  }
  return property(value, name);
}

/** A quarter faster here than Object.hasOwn. */
const { hasOwnProperty } = Object.prototype;

export function property(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !hasOwnProperty.call(value, name)) return undefined;
  const found = (value as Data)[name];
  return typeof found === "function" ? undefined : found;
}

/** Adds a property, also one named `__proto__`. */
export function define(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else object[key] = value;
}

export function isNumber(value: unknown): value is number {
  if (typeof value !== "number" || Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) throw new JsonataError("D1001", { value });
  return true;
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** The cast to boolean, of something. */
export function truth(value: unknown): boolean {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      return isNumber(value) && value !== 0;
    case "object":
      if (value === null || isFunction(value)) return false;
      if (isList(value)) return value.some((item) => truth(item));
      return Object.keys(value).length > 0;
    default:
      return false;
  }
}

/** Counts what it compares, since values that share parts can be a million times as large as the memory that they take. */
export function equal(left: unknown, right: unknown, run?: Run): boolean {
  if (left === right) return true;
  if (run !== undefined) spend(run, 1);
  if (isList(left)) return isList(right) && left.length === right.length && left.every((item, index) => equal(item, right[index], run));
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key], run));
}

interface TextOptions {
  readonly pretty?: boolean;
  readonly run?: Run | undefined;
}

/** The text of a value, as `$string` makes it. */
export function textOf(value: unknown, { pretty = false, run }: TextOptions = {}): string {
  if (typeof value === "string") return value;
  if (isFunction(value)) return "";
  if (typeof value === "number" && !Number.isFinite(value)) throw new JsonataError("D3001", { value });
  return JSON.stringify(
    value,
    (_key, part: unknown) => {
      if (run !== undefined) spend(run, 1);
      return jsonPart(part);
    },
    pretty ? 2 : 0,
  );
}

/** A number in JSON has fifteen digits, which hides the errors of binary fractions; a function is an empty text. */
function jsonPart(value: unknown): unknown {
  if (typeof value === "number" && !Number.isInteger(value)) return isNumber(value) ? Number(value.toPrecision(15)) : value;
  return isFunction(value) ? "" : value;
}
