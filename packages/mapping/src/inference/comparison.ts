import type { Node } from "../compiled/tree.ts";
import type { Scope } from "./scope.ts";
import { alternatives, describeShape, something, type Scalar, type Shape } from "./shape.ts";

interface Sides {
  readonly left: Shape;
  readonly right: Shape;
}

/** Reports a comparison whose answer is the same for every value, or that fails for every value. */
export function checkComparison(node: Extract<Node, { kind: "binary" }>, sides: Sides, scope: Scope): void {
  const left = something(sides.left);
  const right = node.operator === "in" ? listed(something(sides.right)) : something(sides.right);
  if (right === undefined || !areApart(left, right)) return;
  const words = `${describeShape(left)} with ${describeShape(right)}`;
  const report = (message: string) => scope.about.report({ message, position: node.position, token: node.operator });
  switch (node.operator) {
    case "=":
      return report(`this can never hold: it compares ${words}`);
    case "!=":
      return report(`this always holds: it compares ${words}`);
    case "in":
      return report(`this can never hold: it looks for ${describeShape(left)} among ${describeShape(right)}`);
    default:
      // Of two texts or two numbers only the values are apart, which an order allows.
      if (kindsOf(left).isDisjointFrom(kindsOf(right))) report(`this fails: ${words} cannot be put in order`);
  }
}

function listed(shape: Shape): Shape | undefined {
  return shape.kind === "list" ? shape.items : undefined;
}

function areApart(left: Shape, right: Shape): boolean {
  return alternatives(left).every((one) => alternatives(right).every((other) => isApart(one, other)));
}

function isApart(one: Shape, other: Shape): boolean {
  if (one.kind === "any" || other.kind === "any" || one.kind === "nothing" || other.kind === "nothing") return false;
  if (one.kind !== other.kind) return true;
  if (!isScalar(one) || !isScalar(other) || one.values === undefined || other.values === undefined) return false;
  return new Set(one.values).isDisjointFrom(new Set(other.values));
}

function isScalar(shape: Shape): shape is Scalar {
  return shape.kind === "string" || shape.kind === "number" || shape.kind === "boolean";
}

function kindsOf(shape: Shape): Set<Shape["kind"]> {
  return new Set(alternatives(shape).map(({ kind }) => kind));
}
