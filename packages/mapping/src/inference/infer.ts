import { nearestName } from "@portolan/core";
import type { Node } from "../compiled/tree.ts";
import { inferCall, inferApplication } from "./infer-call.ts";
import { inferFiltered, inferPath } from "./infer-path.ts";
import { checkComparison } from "./comparison.ts";
import { fieldOf } from "./fields.ts";
import { lookUp, within, type Scope } from "./scope.ts";
import {
  ANY,
  BOOLEAN,
  listOf,
  mayBeNothing,
  NOTHING,
  NUMBER,
  OPEN_OBJECT,
  itemsOf,
  something,
  STRING,
  union,
  type Field,
  type Shape,
} from "./shape.ts";
import { shapeOfValue } from "./schema-shape.ts";

/** What an expression yields, as far as that can be told before it runs; what it says that cannot be meant is reported. */
export function infer(node: Node, scope: Scope): Shape {
  switch (node.kind) {
    case "literal":
      return shapeOfValue(node.value);
    case "regex":
    case "lambda":
    case "partial":
    case "transform":
      return { kind: "function" };
    case "name":
      return fieldOf(node, scope);
    case "variable":
      return inferVariable(node, scope);
    case "wildcard":
    case "descendant":
    case "parent":
    case "placeholder":
      return ANY;
    case "binary":
      return inferBinary(node, scope);
    case "negate":
      infer(node.operand, scope);
      return NUMBER;
    case "array":
      return listOf(union(...node.items.map((item) => inferItem(item, scope))));
    case "object":
      return inferObject(node.pairs, scope);
    case "block":
      return inferBlock(node.expressions, scope);
    case "condition": {
      infer(node.test, scope);
      const negative = node.negative === undefined ? NOTHING : infer(node.negative, within(scope));
      return union(infer(node.positive, within(scope)), negative);
    }
    case "default":
      return union(something(infer(node.left, scope)), infer(node.right, scope));
    case "bind": {
      const shape = infer(node.value, scope);
      scope.variables.own.set(node.name, node.value.kind === "lambda" ? { shape, lambda: node.value } : { shape });
      return shape;
    }
    case "sort":
      return ANY;
    case "call":
      return inferCall(node, scope, infer);
    case "path":
      return inferPath(node, scope, infer);
    case "filtered":
      return inferFiltered(node, scope, infer);
    default:
      return node satisfies never;
  }
}

function inferVariable({ name, position }: Extract<Node, { kind: "name" | "variable" }>, scope: Scope): Shape {
  if (name === "") return scope.input;
  if (name === "$") return scope.about.root;
  const bound = lookUp(scope.variables, name);
  if (bound !== undefined) return bound.shape;
  if (scope.about.rule(name) !== undefined) return { kind: "function" };
  const nearest = nearestName(name, scope.about.functionNames);
  scope.about.report({
    message: `$${name} is nothing: no variable of this name is bound here, and no function has it`,
    position,
    token: name,
    ...(nearest === undefined ? {} : { hint: `did you mean $${nearest}?` }),
  });
  return NOTHING;
}

function inferBinary(node: Extract<Node, { kind: "binary" }>, scope: Scope): Shape {
  if (node.operator === "~>") return inferApplication(node, scope, infer);
  const left = infer(node.left, scope);
  const right = infer(node.right, scope);
  switch (node.operator) {
    case "&":
      return STRING;
    case "and":
    case "or":
      return BOOLEAN;
    case "..":
      return listOf(NUMBER);
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return mayBeNothing(left) || mayBeNothing(right) ? union(NUMBER, NOTHING) : NUMBER;
    default:
      checkComparison(node, { left, right }, scope);
      return BOOLEAN;
  }
}

/** A list written within a list stays one; what a path yields is put in item by item. */
function inferItem(item: Node, scope: Scope): Shape {
  const shape = infer(item, scope);
  return item.kind === "array" ? shape : itemsOf(shape);
}

function inferObject(pairs: readonly (readonly [key: Node, value: Node])[], scope: Scope): Shape {
  const fields = new Map<string, Field>();
  let others: Shape | undefined;
  for (const [key, value] of pairs) {
    infer(key, scope);
    const shape = infer(value, scope);
    if (key.kind === "literal" && typeof key.value === "string")
      fields.set(key.value, { shape: something(shape), isOptional: mayBeNothing(shape) });
    else others = ANY;
  }
  return others === undefined ? { kind: "object", fields } : { ...OPEN_OBJECT, kind: "object", fields, others };
}

function inferBlock(expressions: readonly Node[], scope: Scope): Shape {
  const inner = within(scope);
  return expressions.reduce<Shape>((_before, expression) => infer(expression, inner), NOTHING);
}
