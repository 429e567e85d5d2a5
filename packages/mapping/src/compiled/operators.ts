import { JsonataError } from "./errors.ts";
import type { Run } from "./frame.ts";
import { equal, isList, isNumber, textOf } from "./values.ts";

/** An operator on two values, with its place for the failure. */
export type Operate = (left: unknown, right: unknown, run?: Run) => unknown;

/** The operator of a name, or undefined if there is none on plain values. */
export function createOperator(operator: string, position: number): Operate | undefined {
  const at = { position, token: operator };
  switch (operator) {
    case "+":
      return arithmetic((left, right) => left + right, at);
    case "-":
      return arithmetic((left, right) => left - right, at);
    case "*":
      return arithmetic((left, right) => left * right, at);
    case "/":
      return arithmetic((left, right) => left / right, at);
    case "%":
      return arithmetic((left, right) => left % right, at);
    case "<":
      return order((left, right) => left < right, at);
    case "<=":
      return order((left, right) => left <= right, at);
    case ">":
      return order((left, right) => left > right, at);
    case ">=":
      return order((left, right) => left >= right, at);
    case "=":
      return (left, right, run) => left !== undefined && right !== undefined && equal(left, right, run);
    case "!=":
      return (left, right, run) => left !== undefined && right !== undefined && !equal(left, right, run);
    case "&":
      return (left, right, run) => (left === undefined ? "" : textOf(left, { run })) + (right === undefined ? "" : textOf(right, { run }));
    case "in":
      return (left, right) =>
        left !== undefined && right !== undefined && (isList(right) ? right.some((item) => item === left) : right === left);
    case "..":
      return (left, right) => range(left, right, at);
    default:
      return undefined;
  }
}

interface Place {
  readonly position: number;
  readonly token: string;
}

function arithmetic(compute: (left: number, right: number) => number, at: Place): Operate {
  return (left, right) => {
    if (typeof left === "number" && typeof right === "number" && Number.isFinite(left) && Number.isFinite(right))
      return compute(left, right);
    if (left !== undefined && !isNumber(left)) throw new JsonataError("T2001", { ...at, value: left });
    if (right !== undefined && !isNumber(right)) throw new JsonataError("T2002", { ...at, value: right });
    return left === undefined || right === undefined ? undefined : compute(left, right);
  };
}

function order(compare: (left: string | number, right: string | number) => boolean, at: Place): Operate {
  return (left, right) => {
    if (!isOrdered(left) || !isOrdered(right)) throw new JsonataError("T2010", { ...at, value: isOrdered(left) ? right : left });
    if (left === undefined || right === undefined) return undefined;
    if (typeof left !== typeof right) throw new JsonataError("T2009", { ...at, value: left });
    return compare(left, right);
  };
}

function isOrdered(value: unknown): value is string | number | undefined {
  return value === undefined || typeof value === "string" || typeof value === "number";
}

function range(left: unknown, right: unknown, at: Place): unknown {
  if (left !== undefined && !Number.isInteger(left)) throw new JsonataError("T2003", { ...at, value: left });
  if (right !== undefined && !Number.isInteger(right)) throw new JsonataError("T2004", { ...at, value: right });
  if (typeof left !== "number" || typeof right !== "number" || left > right) return undefined;
  const length = right - left + 1;
  if (length > 1e7) throw new JsonataError("D2014", { ...at, value: length });
  const numbers: number[] = [];
  for (let number = left; number <= right; number += 1) numbers.push(number);
  return numbers;
}

export function negative(value: unknown, position: number): unknown {
  if (value === undefined) return undefined;
  if (!isNumber(value)) throw new JsonataError("D1002", { position, token: "-", value });
  return -value;
}

/** Which of two values comes first in an order-by clause. */
export function compareKeys(left: unknown, right: unknown, position: number): number {
  if (left === undefined) return right === undefined ? 0 : 1;
  if (right === undefined) return -1;
  if (!isKey(left) || !isKey(right)) throw new JsonataError("T2008", { position, value: isKey(left) ? right : left });
  if (typeof left !== typeof right) throw new JsonataError("T2007", { position, value: left });
  return left === right ? 0 : left < right ? -1 : 1;
}

function isKey(value: unknown): value is string | number {
  return !isList(value) && (typeof value === "string" || typeof value === "number");
}
