import { compileBinary } from "./compile-binary.ts";
import { compileCall, compileLambda, compilePartial } from "./compile-call.ts";
import { compileObject, compilePairs } from "./compile-object.ts";
import { compileFilter, compilePath, filterAll } from "./compile-path.ts";
import { compileTransform } from "./compile-transform.ts";
import { compileTupleFilter, compileTupleGroup, TupleStream, withoutTuples } from "./compile-tuples.ts";
import { JsonataError } from "./errors.ts";
import type { Compile } from "./compiler.ts";
import { createConstant, type Evaluate } from "./evaluate.ts";
import { bindVariable, checkLength, childFrame, type Frame, readVariable } from "./frame.ts";
import { negative } from "./operators.ts";
import { isStream, parentLabel } from "./parents.ts";
import { createRegex } from "./regex.ts";
import type { Filtered, Node } from "./tree.ts";
import { isFunction, isList, isObject, isWrapped, keepList, lookup, property, truth, unwrap, wholeInput } from "./values.ts";

/** Turns trees into a closure for each node. */
export function createCompiler(functionOf: Compile["functionOf"], takeSite?: Compile["takeSite"]): Compile {
  const compile: Compile = Object.assign(
    (node: Node, isTail = false): Evaluate => {
      const evaluate = compileNode(node, { compile, isTail });
      return isStream(node) ? (input, frame) => withoutTuples(evaluate(input, frame)) : evaluate;
    },
    { functionOf, takeSite, stream: (node: Node): Evaluate => compileNode(node, { compile, isTail: false }) },
  );
  return compile;
}

interface Place {
  readonly compile: Compile;
  readonly isTail: boolean;
}

function compileNode(node: Node, { compile, isTail }: Place): Evaluate {
  switch (node.kind) {
    case "literal":
      return createConstant(node.value);
    case "regex": {
      const value = createRegex(node.source, node.flags, node.position);
      return () => value;
    }
    case "name": {
      const { name } = node;
      return (input) => (isList(input) ? lookup(input, name) : property(input, name));
    }
    case "variable":
      return compileVariable(node.name, compile);
    case "wildcard":
      return (input) => wildcard(input);
    case "descendant":
      return (input) => descendants(input);
    case "parent": {
      const label = parentLabel(node);
      return (_input, frame) => readVariable(frame, label);
    }
    case "placeholder":
      return () => undefined;
    case "binary":
      return compileBinary(node, compile);
    case "negate": {
      const operand = compile(node.operand);
      return (input, frame) => negative(operand(input, frame), node.position);
    }
    case "array":
      return compileArray(node.items, compile);
    case "object":
      return compileObject(node.pairs, compile, node.position);
    case "block":
      return compileBlock(node, { compile, isTail });
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
        bindVariable(frame, node.name, result);
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
      return compileFiltered(node, compile);
    default:
      throw node satisfies never;
  }
}

function compileVariable(name: string, compile: Compile): Evaluate {
  if (name === "") return wholeInput;
  const known = compile.functionOf(name);
  return known === undefined ? (_input, frame) => readVariable(frame, name) : () => known;
}

function compileBlock(node: Extract<Node, { kind: "block" }>, { compile, isTail }: Place): Evaluate {
  const { expressions } = node;
  const parts = expressions.map((part, index) => {
    const isLast = index === expressions.length - 1;
    return isLast && isStream(node) ? compile.stream(part) : compile(part, isTail && isLast);
  });
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

/** Whether a variable could be bound by a node itself, not by a block or function within it. */
function mayBind(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!("kind" in value)) return Object.values(value).some(mayBind);
  if (value.kind === "bind") return true;
  return value.kind !== "block" && value.kind !== "lambda" && Object.values(value).some(mayBind);
}

function compileArray(items: readonly Node[], compile: Compile): Evaluate {
  const parts = items.map((item) => ({
    value: compile(item),
    isList: item.kind === "array" || (item.kind === "filtered" && item.node.kind === "array"),
  }));
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

function compileFiltered(node: Filtered, compile: Compile): Evaluate {
  const plain = compilePlainFiltered(node, compile);
  if (!isStream(node.node)) {
    const value = compile(node.node);
    return (input, frame) => plain(value(input, frame), frame);
  }
  const value = compile.stream(node.node);
  const filters = node.filters.map((filter) => compileTupleFilter(filter, compile));
  const group = node.group === undefined ? undefined : compileTupleGroup(node.group, compile, node.position);
  return (input, frame) => {
    const stream = value(input, frame);
    if (!(stream instanceof TupleStream)) return plain(stream, frame);
    let { tuples } = stream;
    for (const filter of filters) tuples = filter(tuples, frame);
    return group === undefined ? new TupleStream(tuples) : group(tuples, frame);
  };
}

function compilePlainFiltered(node: Filtered, compile: Compile): (value: unknown, frame: Frame) => unknown {
  const filters = node.filters.map((filter) => compileFilter(filter, compile));
  const group = node.group === undefined ? undefined : compilePairs(node.group, compile, node.groupPosition ?? node.position);
  const { keep } = node;
  const isSequence = isCallOfMany(node.node);
  const isMany = isSequence || filters.length > 0;
  return (value, frame) => {
    // Nothing is filtered, too, but for an empty list.
    const result = value === undefined && isSequence ? undefined : filterAll(filters, value, frame);
    if (group !== undefined) return group(result, frame);
    if (!keep || result === undefined) return isWrapped(result) ? result[0] : result;
    if (isList(result)) return result.length === 0 ? result : keepList([...result]);
    return isMany ? keepList([result]) : result;
  };
}

/** Functions that yield one value for a sequence of one. */
const MANY = new Set(["map", "filter", "each", "keys", "spread", "match"]);

function isCallOfMany(node: Node): boolean {
  if (node.kind === "wildcard") return true;
  return node.kind === "call" && node.procedure.kind === "variable" && MANY.has(node.procedure.name);
}

function wildcard(input: unknown): unknown {
  const found: unknown[] = [];
  let hasLists = false;
  const values = wholeInput(input);
  if (typeof values === "object" && values !== null && !isFunction(values)) {
    for (const value of Object.values(values)) {
      if (isList(value)) flatten(value, found);
      else found.push(value);
      hasLists ||= isList(value);
    }
  }
  // What lists were taken together in is a list like them, also of one.
  return hasLists ? found : unwrap(found);
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
