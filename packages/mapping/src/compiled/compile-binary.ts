import { compileFunctionApplication } from "./compile-call.ts";
import { JsonataError } from "./errors.ts";
import type { Compile } from "./compiler.ts";
import { constantOf, createConstant, type Evaluate } from "./evaluate.ts";
import { checkLength, spend } from "./frame.ts";
import { createOperator, type Operate } from "./operators.ts";
import type { TakeSite } from "./sites/hot.ts";
import type { Node } from "./tree.ts";
import { isList, keepList, listOf, truth } from "./values.ts";

type Binary = Extract<Node, { kind: "binary" }>;

/** An operator between two expressions. */
export function compileBinary(node: Binary, compile: Compile): Evaluate {
  if (node.operator === "~>") return compileChain(node, compile);
  const [left, right] = [compile(node.left), compile(node.right)];
  const evaluate = compileSite(node, { left, right }, compile.takeSite) ?? compileOperator(node, left, right);
  const isConstant = constantOf(left) !== undefined && constantOf(right) !== undefined && node.operator !== "..";
  return isConstant ? folded(evaluate) : evaluate;
}

/** A closure of its own for an operator in an expression that is evaluated often. */
function compileSite(
  { operator, position }: Binary,
  { left, right }: Pick<Parts, "left" | "right">,
  takeSite: TakeSite | undefined,
): Evaluate | undefined {
  if (takeSite === undefined) return undefined;
  if (operator === "and") return takeSite("createAnd")?.(left, right);
  if (operator === "or") return takeSite("createOr")?.(left, right);
  const value = constantOf(right)?.value;
  const operate = createOperator(operator, position);
  if (operate === undefined) return undefined;
  if (operator === "=" && (typeof value === "string" || typeof value === "number")) return takeSite("createEqual")?.(left, value, operate);
  const kind = ORDERS.get(operator);
  return kind === undefined || typeof value !== "number" ? undefined : takeSite(kind)?.(left, value, operate);
}

const ORDERS: ReadonlyMap<string, "createLess" | "createAtMost" | "createGreater" | "createAtLeast"> = new Map([
  ["<", "createLess"],
  ["<=", "createAtMost"],
  [">", "createGreater"],
  [">=", "createAtLeast"],
]);

function compileOperator(node: Binary, left: Evaluate, right: Evaluate): Evaluate {
  if (node.operator === "and") return (input, frame) => isTrue(left(input, frame)) && isTrue(right(input, frame));
  if (node.operator === "or") return (input, frame) => isTrue(left(input, frame)) || isTrue(right(input, frame));
  const operate = createOperator(node.operator, node.position);
  if (operate === undefined) throw new JsonataError("S0204", { position: node.position, token: node.operator });
  if (node.operator === "..")
    return (input, frame) => {
      const range = operate(left(input, frame), right(input, frame));
      if (!isList(range)) return range;
      checkLength(frame.run, range.length);
      spend(frame.run, range.length);
      return range;
    };
  return (
    compileQuick(node.operator, { left, right, operate }) ?? ((input, frame) => operate(left(input, frame), right(input, frame), frame.run))
  );
}

function isTrue(value: unknown): boolean {
  return typeof value === "boolean" ? value : truth(value);
}

interface Parts {
  readonly left: Evaluate;
  readonly right: Evaluate;
  readonly operate: Operate;
}

/** The operators that predicates and sums are made of, with what they mostly get treated at once; each is a closure less to call. */
function compileQuick(operator: string, { left, right, operate }: Parts): Evaluate | undefined {
  switch (operator) {
    case "=":
      return (input, frame) => {
        const [one, other] = [left(input, frame), right(input, frame)];
        return typeof one === "string" || typeof one === "number" ? one === other : operate(one, other, frame.run);
      };
    case "!=":
      return (input, frame) => {
        const [one, other] = [left(input, frame), right(input, frame)];
        return typeof one === "string" && typeof other === "string" ? one !== other : operate(one, other, frame.run);
      };
    case "<":
      return (input, frame) => {
        const [one, other] = [left(input, frame), right(input, frame)];
        return typeof one === "number" && typeof other === "number" ? one < other : operate(one, other);
      };
    case "<=":
      return (input, frame) => {
        const [one, other] = [left(input, frame), right(input, frame)];
        return typeof one === "number" && typeof other === "number" ? one <= other : operate(one, other);
      };
    case ">":
      return (input, frame) => {
        const [one, other] = [left(input, frame), right(input, frame)];
        return typeof one === "number" && typeof other === "number" ? one > other : operate(one, other);
      };
    case ">=":
      return (input, frame) => {
        const [one, other] = [left(input, frame), right(input, frame)];
        return typeof one === "number" && typeof other === "number" ? one >= other : operate(one, other);
      };
    default:
      return undefined;
  }
}

/** The value of what can only yield one, unless it fails: then it has to fail each time that it is evaluated. */
function folded(evaluate: Evaluate): Evaluate {
  try {
    // Neither an input nor a variable is read by constants, and they need no limits.
    return createConstant(evaluate(undefined, { run: undefined } as never));
  } catch {
    return evaluate;
  }
}

function compileChain(node: Binary, compile: Compile): Evaluate {
  const { right } = node;
  // The brackets after a call belong to what the whole application yields.
  const isKept = right.kind === "filtered" && right.node.kind === "call" && right.filters.length === 0 && right.group === undefined;
  if (!isKept) return compileFunctionApplication(node, compile);
  const kept = compileFunctionApplication({ ...node, right: right.node }, compile);
  return (input, frame) => keepList(listOf(kept(input, frame)));
}
