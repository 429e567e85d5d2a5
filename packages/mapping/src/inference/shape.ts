/** What is known of a value before it is there. `nothing` is JSONata's missing value. */
export type Shape =
  | { readonly kind: "any" | "nothing" | "null" | "function" }
  | Scalar
  | { readonly kind: "list"; readonly items: Shape }
  | ObjectShape
  | { readonly kind: "union"; readonly shapes: readonly Shape[] };

/** With `values`, one of these. */
export interface Scalar {
  readonly kind: "string" | "number" | "boolean";
  readonly values?: readonly (string | number | boolean)[];
}

export interface ObjectShape {
  readonly kind: "object";
  readonly fields: ReadonlyMap<string, Field>;
  /** What fields of other names hold; without it there are none that anybody has told of. */
  readonly others?: Shape;
}

export interface Field {
  readonly shape: Shape;
  readonly isOptional: boolean;
}

export const ANY: Shape = { kind: "any" };
export const NOTHING: Shape = { kind: "nothing" };
export const NUMBER: Shape = { kind: "number" };
export const STRING: Shape = { kind: "string" };
export const BOOLEAN: Shape = { kind: "boolean" };
export const OPEN_OBJECT: Shape = { kind: "object", fields: new Map(), others: ANY };

export function listOf(items: Shape): Shape {
  return { kind: "list", items };
}

/** One of several shapes; what is any swallows the rest. */
export function union(...shapes: readonly Shape[]): Shape {
  const flat = shapes.flatMap((shape) => alternatives(shape));
  if (flat.some(({ kind }) => kind === "any")) return ANY;
  const distinct = flat.filter((shape, index) => flat.findIndex((other) => isSame(other, shape)) === index);
  return distinct.length === 1 && distinct[0] !== undefined ? distinct[0] : { kind: "union", shapes: distinct };
}

export function alternatives(shape: Shape): readonly Shape[] {
  return shape.kind === "union" ? shape.shapes : [shape];
}

export function mayBeNothing(shape: Shape): boolean {
  return alternatives(shape).some(({ kind }) => kind === "any" || kind === "nothing");
}

/** The shape of a value that is there. */
export function something(shape: Shape): Shape {
  return shape.kind === "union" ? union(...shape.shapes.filter(({ kind }) => kind !== "nothing")) : shape;
}

/** What the items of a list are, or of a single value, which stands for a list of one. */
export function itemsOf(shape: Shape): Shape {
  return union(...alternatives(something(shape)).map((one) => (one.kind === "list" ? one.items : one)));
}

/** Whether a shape can be a list: then a path over it yields a sequence. */
export function mayBeList(shape: Shape): boolean {
  return alternatives(shape).some(({ kind }) => kind === "list" || kind === "any");
}

/** A sequence: one value stands for itself, several are a list. */
export function sequenceOf(item: Shape): Shape {
  return union(item, listOf(something(item)));
}

/** In words, for messages. */
export function describeShape(shape: Shape): string {
  switch (shape.kind) {
    case "union":
      return [...new Set(shape.shapes.map((one) => describeShape(one)))].join(" or ");
    case "string":
      return shape.values === undefined ? "a text" : shape.values.map((value) => JSON.stringify(value)).join(" or ");
    case "number":
    case "boolean":
      return shape.values === undefined ? `a ${shape.kind}` : shape.values.join(" or ");
    case "list":
      return "a list";
    case "object":
      return "a map";
    case "function":
      return "a function";
    default:
      return shape.kind === "any" ? "anything" : shape.kind;
  }
}

function isSame(one: Shape, other: Shape): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === "list" && other.kind === "list") return isSame(one.items, other.items);
  if (one.kind === "object" || one.kind === "union") return one === other;
  return JSON.stringify(one) === JSON.stringify(other);
}
