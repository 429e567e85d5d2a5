import { compileCall, compileFunctionApplication, compileLambda, compilePartial } from "./compile-call.ts";
import { compileObject, compilePairs } from "./compile-object.ts";
import { compileFilter, compilePath } from "./compile-path.ts";
import { compileTransform } from "./compile-transform.ts";
import { JsonataError } from "./errors.ts";
import type { Evaluate } from "./evaluate.ts";
import { checkLength, childFrame, readVariable } from "./frame.ts";
import { createOperator, negative } from "./operators.ts";
import { createRegex } from "./regex.ts";
import type { Filtered, Node } from "./tree.ts";
import { isFunction, isList, isObject, keepList, listOf, lookup, truth, unwrap, wholeInput } from "./values.ts";

/** Turns a tree into a closure for each node. */
export function compile(node: Node, isTail = false): Evaluate {
  switch (node.kind) {
    case "literal": {
      const { value } = node;
      return () => value;
    }
    case "regex": {
      const value = createRegex(node.source, node.flags, node.position);
      return () => value;
    }
    case "name": {
      const { name } = node;
      return (input) => lookup(input, name);
    }
    case "variable":
      return compileVariable(node.name);
    case "wildcard":
      return (input) => wildcard(input);
    case "descendant":
      return (input) => descendants(input);
    case "parent":
      return (_input, frame) => frame.ancestors?.value;
    case "placeholder":
      return () => undefined;
    case "binary":
      return compileBinary(node);
    case "negate": {
      const operand = compile(node.operand);
      return (input, frame) => negative(operand(input, frame), node.position);
    }
    case "array":
      return compileArray(node.items);
    case "object":
      return compileObject(node.pairs, compile, node.position);
    case "block":
      return compileBlock(node.expressions, isTail);
    case "condition": {
      const test = compile(node.test);
      const then = compile(node.positive, isTail);
      const otherwise = node.negative === undefined ? () => undefined : compile(node.negative, isTail);
      return (input, frame) => (truth(test(input, frame)) ? then(input, frame) : otherwise(input, frame));
    }
    case "default": {
      const [left, right] = [compile(node.left), compile(node.right)];
      const isElvis = node.operator === "?:";
      return (input, frame) => {
        const value = left(input, frame);
        return (isElvis ? truth(value) : value !== undefined) ? value : right(input, frame);
      };
    }
    case "bind": {
      const value = compile(node.value);
      return (input, frame) => {
        const result = value(input, frame);
        frame.variables.set(node.name, result);
        return result;
      };
    }
    case "transform":
      return compileTransform(node, compile);
    case "sort":
      throw new JsonataError("S0211", { position: node.position, token: "^" });
    case "call":
      return compileCall(node, compile, isTail);
    case "partial":
      return compilePartial(node, compile);
    case "lambda":
      return compileLambda(node, compile);
    case "path":
      return compilePath(node, compile);
    case "filtered":
      return compileFiltered(node);
    default:
      throw node satisfies never;
  }
}

function compileVariable(name: string): Evaluate {
  if (name === "") return wholeInput;
  return (_input, frame) => readVariable(frame, name);
}

function compileBinary(node: Extract<Node, { kind: "binary" }>): Evaluate {
  if (node.operator === "~>") {
    const { right } = node;
    // The brackets after a call belong to what the whole application yields.
    const isKept = right.kind === "filtered" && right.node.kind === "call" && right.filters.length === 0 && right.group === undefined;
    if (!isKept) return compileFunctionApplication(node, compile);
    const kept = compileFunctionApplication({ ...node, right: right.node }, compile);
    return (input, frame) => keepList(listOf(kept(input, frame)));
  }
  const [left, right] = [compile(node.left), compile(node.right)];
  if (node.operator === "and") return (input, frame) => truth(left(input, frame)) && truth(right(input, frame));
  if (node.operator === "or") return (input, frame) => truth(left(input, frame)) || truth(right(input, frame));
  const operate = createOperator(node.operator, node.position);
  if (operate === undefined) throw new JsonataError("S0204", { position: node.position, token: node.operator });
  if (node.operator === "..")
    return (input, frame) => {
      const range = operate(left(input, frame), right(input, frame));
      if (isList(range)) checkLength(frame.run, range.length);
      return range;
    };
  return (input, frame) => operate(left(input, frame), right(input, frame));
}

function compileBlock(expressions: readonly Node[], isTail: boolean): Evaluate {
  const parts = expressions.map((part, index) => compile(part, isTail && index === expressions.length - 1));
  const only = expressions[0];
  const [first] = parts;
  // Parentheses around what binds no variable need no variables of their own.
  if (parts.length === 1 && first !== undefined && only !== undefined && !mayBind(only)) return first;
  return (input, frame) => {
    const inner = childFrame(frame);
    let result: unknown;
    for (const part of parts) result = part(input, inner);
    return result;
  };
}

function mayBind(node: Node): boolean {
  return node.kind !== "path" && node.kind !== "literal" && node.kind !== "variable" && node.kind !== "block";
}

function compileArray(items: readonly Node[]): Evaluate {
  const parts = items.map((item) => ({ value: compile(item), isList: item.kind === "array" }));
  return (input, frame) => {
    const list: unknown[] = [];
    for (const part of parts) {
      const value = part.value(input, frame);
      if (part.isList || !isList(value)) {
        if (value !== undefined) list.push(value);
      } else for (const item of value) list.push(item);
    }
    checkLength(frame.run, list.length);
    return list;
  };
}

function compileFiltered(node: Filtered): Evaluate {
  const value = compile(node.node);
  const filters = node.filters.map((filter) => compileFilter(filter, compile));
  const group = node.group === undefined ? undefined : compilePairs(node.group, compile, node.position);
  const { keep } = node;
  const yieldsMany = isCallOfMany(node.node);
  return (input, frame) => {
    let result = value(input, frame);
    for (const filter of filters) result = filter(listOf(result), frame);
    if (group !== undefined) result = group(result, frame);
    if (keep && yieldsMany && !isList(result) && result !== undefined) return keepList([result]);
    if (filters.length === 0 || !isList(result)) return keep && isList(result) ? keepList(result) : result;
    return keep ? keepList(result) : unwrap(result);
  };
}

/** Functions that yield one value for a sequence of one. */
const MANY = new Set(["map", "filter", "each", "keys", "spread", "match"]);

function isCallOfMany(node: Node): boolean {
  return node.kind === "call" && node.procedure.kind === "variable" && MANY.has(node.procedure.name);
}

function wildcard(input: unknown): unknown {
  const found: unknown[] = [];
  const values = wholeInput(input);
  if (typeof values === "object" && values !== null && !isFunction(values)) {
    for (const value of Object.values(values)) {
      if (isList(value)) flatten(value, found);
      else found.push(value);
    }
  }
  return unwrap(found);
}

function flatten(value: unknown, into: unknown[]): void {
  if (isList(value)) for (const item of value) flatten(item, into);
  else into.push(value);
}

function descendants(input: unknown): unknown {
  if (input === undefined) return undefined;
  const found: unknown[] = [];
  descend(input, found);
  return unwrap(found);
}

function descend(value: unknown, found: unknown[]): void {
  if (!isList(value)) found.push(value);
  if (isList(value)) for (const item of value) descend(item, found);
  else if (isObject(value)) for (const item of Object.values(value)) descend(item, found);
}
