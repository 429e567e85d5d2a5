/** The answer where data need treatment that is jsonata's own. */
export const UNDECIDED: unique symbol = Symbol("undecided");

type Binary = (left: unknown, right: unknown) => unknown;

/** JSONata's boolean cast. */
export function truth(value: unknown): boolean | typeof UNDECIDED {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      return Number.isFinite(value) ? value !== 0 : UNDECIDED;
    case "undefined":
      return false;
    default:
      return value === null ? false : UNDECIDED;
  }
}

export function negative(value: unknown): unknown {
  return value === undefined ? undefined : isNumber(value) ? -value : UNDECIDED;
}

export const binary: ReadonlyMap<unknown, Binary> = new Map<unknown, Binary>([
  ["=", equality(true)],
  ["!=", equality(false)],
  ["<", order((left, right) => left < right)],
  ["<=", order((left, right) => left <= right)],
  [">", order((left, right) => left > right)],
  [">=", order((left, right) => left >= right)],
  ["+", arithmetic((left, right) => left + right)],
  ["-", arithmetic((left, right) => left - right)],
  ["*", arithmetic((left, right) => left * right)],
  ["/", arithmetic((left, right) => left / right)],
  ["%", arithmetic((left, right) => left % right)],
  ["&", join],
  ["in", includes],
]);

export const functions: ReadonlyMap<unknown, (value: unknown) => unknown> = new Map([
  ["exists", (value: unknown) => (value === UNDECIDED ? UNDECIDED : value !== undefined)],
  ["boolean", (value: unknown) => (value === undefined ? undefined : truth(value))],
  [
    "not",
    (value: unknown) => {
      const holds = truth(value);
      return value === undefined ? undefined : holds === UNDECIDED ? UNDECIDED : !holds;
    },
  ],
]);

/** Nothing equals nothing and differs from nothing; two lists or maps are compared by jsonata. */
function equality(wanted: boolean): Binary {
  return (left, right) => {
    if (left === UNDECIDED || right === UNDECIDED || (isObject(left) && isObject(right))) return UNDECIDED;
    return left === undefined || right === undefined ? false : (left === right) === wanted;
  };
}

/** Two texts or two numbers, or nothing; any other comparison is jsonata's to refuse. */
function order(compare: (left: never, right: never) => boolean): Binary {
  return (left, right) => {
    if (!isOrdered(left) || !isOrdered(right)) return UNDECIDED;
    if (left === undefined || right === undefined) return undefined;
    // Of the same type, both of which can be compared.
    return typeof left === typeof right ? compare(left as never, right as never) : UNDECIDED;
  };
}

function arithmetic(compute: (left: number, right: number) => number): Binary {
  return (left, right) => {
    if (isNumber(left) && isNumber(right)) return compute(left, right);
    const isNothing = (left === undefined || isNumber(left)) && (right === undefined || isNumber(right));
    return isNothing ? undefined : UNDECIDED;
  };
}

function join(left: unknown, right: unknown): unknown {
  const [first, second] = [joinable(left), joinable(right)];
  return first === undefined || second === undefined ? UNDECIDED : first + second;
}

/** The text of what every cast to text makes the same of. */
function joinable(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value === undefined) return "";
  return typeof value === "boolean" || Number.isSafeInteger(value) ? String(value) : undefined;
}

function includes(left: unknown, right: unknown): unknown {
  if (left === UNDECIDED || right === UNDECIDED) return UNDECIDED;
  if (left === undefined || right === undefined) return false;
  return Array.isArray(right) ? right.includes(left) && !Number.isNaN(left) : right === left;
}

function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function isOrdered(value: unknown): boolean {
  return value === undefined || typeof value === "string" || typeof value === "number";
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
