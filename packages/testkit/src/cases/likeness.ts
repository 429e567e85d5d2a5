import { isRecord } from "@portolan/core";

/** Deep equality of data: types matter, the order of keys and properties without a value do not. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true;
  if (a instanceof Uint8Array || b instanceof Uint8Array)
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = keysOf(a);
  return keys.length === keysOf(b).length && keys.every((key) => Object.hasOwn(b, key) && isSame(a[key], b[key]));
}

/** Whether the expected data is contained in the actual: maps may have more keys, and an expected null may be absent. */
export function isContained(expected: unknown, actual: unknown): boolean {
  if (expected === null) return actual === null || actual === undefined;
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && expected.length === actual.length && expected.every((item, index) => isContained(item, actual[index]));
  }
  if (!isRecord(expected)) return isSame(expected, actual);
  return (
    isRecord(actual) &&
    Object.keys(expected).every((key) => isContained(expected[key], Object.hasOwn(actual, key) ? actual[key] : undefined))
  );
}

/** As `isContained`, with names that ignore case. */
export function areHeadersContained(expected: Readonly<Record<string, unknown>>, actual: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(expected).every(([name, value]) => {
    const key = Object.keys(actual).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
    return isContained(value, key === undefined ? undefined : actual[key]);
  });
}

/** Whether the lists hold the same data, whatever the order. */
export function haveSameMembers(expected: readonly unknown[], actual: readonly unknown[]): boolean {
  const left = [...actual];
  for (const item of expected) {
    const index = left.findIndex((candidate) => isSame(item, candidate));
    if (index < 0) return false;
    left.splice(index, 1);
  }
  return left.length === 0;
}

function keysOf(value: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value).filter((key) => value[key] !== undefined);
}

/** Of the actual data what the expected data speaks about, so that the two can be laid side by side. Names of maps ignore case. */
export function partLike(expected: unknown, actual: unknown): unknown {
  if (Array.isArray(expected) && Array.isArray(actual)) return actual.map((item, index) => partLike(expected[index], item));
  if (!isRecord(expected) || !isRecord(actual)) return actual;
  const names = Object.keys(actual);
  return Object.fromEntries(
    Object.keys(expected).flatMap((key) => {
      const name = names.find((one) => one === key) ?? names.find((one) => one.toLowerCase() === key.toLowerCase());
      return name === undefined ? [] : [[key, partLike(expected[key], actual[name])]];
    }),
  );
}
