import type { ExpressionScope } from "@portolan/core";

type Data = Readonly<Record<string, unknown>>;

/**
 * A result without what jsonata adds: sequences become ordinary lists, its objects (which have no prototype) ordinary ones.
 * What the message holds is taken as it is. A function is no data: an expression that yields one lacks its arguments.
 */
export function plainData(value: unknown, scope: ExpressionScope): unknown {
  if (typeof value === "function" || isJsonataFunction(value))
    throw new TypeError("the expression yields a function: call it, with ( ) after its name");
  if (typeof value !== "object" || value === null || isPartOf(value, scope)) return value;
  if (Array.isArray(value)) return plainList(value, scope);
  const prototype: unknown = Object.getPrototypeOf(value);
  // A class instance is the message's own; jsonata makes plain objects only.
  if (prototype === null) return plainObject(value as Data, scope, true);
  return prototype === Object.prototype ? plainObject(value as Data, scope, false) : value;
}

function plainList(list: readonly unknown[], scope: ExpressionScope): readonly unknown[] {
  let changed: unknown[] | undefined = isMarked(list) ? Array.from(list) : undefined;
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    const plain = plainData(item, scope);
    if (plain !== item) (changed ??= Array.from(list))[index] = plain;
  }
  return changed ?? list;
}

function plainObject(object: Data, scope: ExpressionScope, copy: boolean): Data {
  const entries = Object.entries(object).map(([key, value]) => [key, plainData(value, scope)] as const);
  // Object.fromEntries defines properties, so that `__proto__` stays a name like any other.
  return copy || entries.some(([key, value]) => value !== object[key]) ? Object.fromEntries(entries) : object;
}

function isMarked(list: readonly unknown[]): boolean {
  return Object.hasOwn(list, "sequence") || Object.hasOwn(list, "keepSingleton") || Object.hasOwn(list, "cons");
}

function isPartOf(value: object, scope: ExpressionScope): boolean {
  return value === scope.body || value === scope.headers || value === scope.attributes || value === scope.acc || value === scope;
}

/** Data can hold jsonata's marks, but no functions. */
function isJsonataFunction(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if ("_jsonata_function" in value) return "implementation" in value && typeof value.implementation === "function";
  return "_jsonata_lambda" in value && "apply" in value && typeof value.apply === "function";
}

/** A copy of the plain data in a value. Hidden properties (the lower-case names of headers) stay hidden. */
export function copyData<T>(value: T): T;
export function copyData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => copyData(item));
  if (typeof value !== "object" || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return value;
  const copy: object = Object.create(prototype as object | null) as object;
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    Object.defineProperty(copy, key, "value" in property ? { ...property, value: copyData(property.value) } : property);
  }
  return copy;
}
