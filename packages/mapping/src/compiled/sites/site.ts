import type { Evaluate } from "../evaluate.ts";
import type { Frame } from "../frame.ts";
import { type Data, isList, truth } from "../values.ts";

/*
 * The closures of which hot expressions are made. V8 keeps what it learned about a call or a property with the place in the source, so
 * that a closure used by many expressions calls functions and reads names that differ all the time, which takes five times as long. Each
 * function here is therefore copied, by npm run generate, and each copy used in one place of one expression only.
 */

/** A property of the input. Not for names that every object has from Object.prototype. */
export function createName(name: string, otherwise: Evaluate): Evaluate {
  return (input, frame) => {
    if (typeof input !== "object" || input === null) return undefined;
    const value = (input as Data)[name];
    // Of a plain object all but those names are its own.
    return Object.getPrototypeOf(input) === Object.prototype && typeof value !== "function" ? value : otherwise(input, frame);
  };
}

/** A property of a property of the input. */
export function createPair([first, second]: readonly [string, string], otherwise: Evaluate): Evaluate {
  return (input, frame) => {
    if (typeof input !== "object" || input === null) return undefined;
    const inner = (input as Data)[first];
    if (Object.getPrototypeOf(input) !== Object.prototype || typeof inner !== "object" || inner === null) return otherwise(input, frame);
    const value = (inner as Data)[second];
    return Object.getPrototypeOf(inner) === Object.prototype && typeof value !== "function" ? value : otherwise(input, frame);
  };
}

export function createAnd(left: Evaluate, right: Evaluate): Evaluate {
  return (input, frame) => {
    const one = left(input, frame);
    if (one === false || (one !== true && !truth(one))) return false;
    const other = right(input, frame);
    return typeof other === "boolean" ? other : truth(other);
  };
}

export function createOr(left: Evaluate, right: Evaluate): Evaluate {
  return (input, frame) => {
    const one = left(input, frame);
    if (one === true || (one !== false && truth(one))) return true;
    const other = right(input, frame);
    return typeof other === "boolean" ? other : truth(other);
  };
}

type Operate = (left: unknown, right: unknown) => unknown;

export function createEqual(left: Evaluate, right: string | number, operate: Operate): Evaluate {
  return (input, frame) => {
    const value = left(input, frame);
    return typeof value === "string" || typeof value === "number" ? value === right : operate(value, right);
  };
}

export function createLess(left: Evaluate, right: number, operate: Operate): Evaluate {
  return (input, frame) => {
    const value = left(input, frame);
    return typeof value === "number" ? value < right : operate(value, right);
  };
}

export function createAtMost(left: Evaluate, right: number, operate: Operate): Evaluate {
  return (input, frame) => {
    const value = left(input, frame);
    return typeof value === "number" ? value <= right : operate(value, right);
  };
}

export function createGreater(left: Evaluate, right: number, operate: Operate): Evaluate {
  return (input, frame) => {
    const value = left(input, frame);
    return typeof value === "number" ? value > right : operate(value, right);
  };
}

export function createAtLeast(left: Evaluate, right: number, operate: Operate): Evaluate {
  return (input, frame) => {
    const value = left(input, frame);
    return typeof value === "number" ? value >= right : operate(value, right);
  };
}

/** What makes an object of up to eight properties, and what does it for a list. */
export function createObject(properties: readonly (readonly [string, Evaluate])[], general: Evaluate): Evaluate {
  const end: readonly [string, Evaluate] = ["", () => undefined];
  const { length } = properties;
  const [[k0, e0], [k1, e1] = end, [k2, e2] = end, [k3, e3] = end] = [properties[0] ?? end, ...properties.slice(1)];
  const [[k4, e4] = end, [k5, e5] = end, [k6, e6] = end, [k7, e7] = end] = properties.slice(4);
  return (input: unknown, frame: Frame) => {
    if (isList(input)) return general(input, frame);
    const object: Record<string, unknown> = {};
    let value = e0(input, frame);
    if (value !== undefined) object[k0] = value;
    if (length <= 1) return object;
    value = e1(input, frame);
    if (value !== undefined) object[k1] = value;
    if (length === 2) return object;
    value = e2(input, frame);
    if (value !== undefined) object[k2] = value;
    if (length === 3) return object;
    value = e3(input, frame);
    if (value !== undefined) object[k3] = value;
    if (length === 4) return object;
    value = e4(input, frame);
    if (value !== undefined) object[k4] = value;
    if (length === 5) return object;
    value = e5(input, frame);
    if (value !== undefined) object[k5] = value;
    if (length === 6) return object;
    value = e6(input, frame);
    if (value !== undefined) object[k6] = value;
    if (length === 7) return object;
    value = e7(input, frame);
    if (value !== undefined) object[k7] = value;
    return object;
  };
}
