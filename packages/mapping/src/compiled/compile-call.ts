import { apply, TailCall } from "./apply.ts";
import { JsonataError, translated } from "./errors.ts";
import type { Compile } from "./compiler.ts";
import type { Evaluate } from "./evaluate.ts";
import { type Frame, readVariable } from "./frame.ts";
import { readSignature } from "./signature.ts";
import type { Call, Lambda, Node } from "./tree.ts";
import { createFunction, type FunctionValue, isFunction } from "./values.ts";

/** `f(a, b)`; in the last place of a function's body it is left to the caller. */
export function compileCall(node: Call, compile: Compile, isTail: boolean): Evaluate {
  const args = node.arguments.map((arg) => compile(arg));
  const known = node.procedure.kind === "variable" ? compile.functionOf(node.procedure.name) : undefined;
  if (known !== undefined) return compileKnownCall(known, args, node);
  const procedure = compile(node.procedure);
  return (input, frame) => {
    const callee = procedure(input, frame);
    return call(callee, { node, values: valuesOf(args, input, frame), input, frame, isTail });
  };
}

/** A call of a function of the language, which takes no stack but what its own arguments call. */
function compileKnownCall(callee: FunctionValue, args: readonly Evaluate[], node: Call): Evaluate {
  const [first, second] = args;
  const invoke = (values: unknown[], input: unknown, frame: Frame): unknown => {
    try {
      return callee.invoke(values, { input, frame });
    } catch (thrown) {
      throw placed(thrown, node);
    }
  };
  if (first !== undefined && args.length === 1) return (input, frame) => invoke([first(input, frame)], input, frame);
  if (first !== undefined && second !== undefined && args.length === 2)
    return (input, frame) => invoke([first(input, frame), second(input, frame)], input, frame);
  return (input, frame) => invoke(valuesOf(args, input, frame), input, frame);
}

function valuesOf(args: readonly Evaluate[], input: unknown, frame: Frame): unknown[] {
  const values: unknown[] = [];
  for (const arg of args) values.push(arg(input, frame));
  return values;
}

interface Invocation {
  readonly node: Call;
  readonly values: unknown[];
  readonly input: unknown;
  readonly frame: Frame;
  readonly isTail: boolean;
}

function call(callee: unknown, { node, values, input, frame, isTail }: Invocation): unknown {
  if (!isFunction(callee)) throw noFunction(node, callee, frame);
  // Functions of the expression itself, whose bodies bring their own places.
  if (isTail && callee.name === "") return new TailCall(callee, values);
  try {
    return apply(callee, values, { input, frame });
  } catch (thrown) {
    throw placed(thrown, node);
  }
}

/** The failure, at the call if it has no place of its own. */
function placed(thrown: unknown, node: Call): unknown {
  const failure = translated(thrown);
  if (failure instanceof JsonataError) {
    failure.position ??= node.position;
    if (failure.code !== "D1011") failure.token ??= nameOf(node.procedure);
  }
  return failure;
}

function noFunction(node: Call, callee: unknown, frame: Frame): JsonataError {
  const name = nameOf(node.procedure);
  const isForgotten =
    callee === undefined && node.procedure.kind === "path" && name !== undefined && readVariable(frame, name) !== undefined;
  const [known, unknown] = node.kind === "partial" ? ["T1007", "T1008"] : ["T1005", "T1006"];
  return new JsonataError((isForgotten ? known : unknown) ?? "T1006", { position: node.position, token: name });
}

function nameOf(node: Node): string | undefined {
  if (node.kind === "variable") return node.name;
  if (node.kind !== "path") return undefined;
  const first = node.steps[0]?.node;
  return first?.kind === "name" ? first.name : undefined;
}

/** `f(a, ?)`: a function of what is left open. */
export function compilePartial(node: Call, compile: Compile): Evaluate {
  const procedure = compile(node.procedure);
  const args = node.arguments.map((arg) => (arg.kind === "placeholder" ? undefined : compile(arg)));
  const arity = args.filter((arg) => arg === undefined).length;
  return (input, frame) => {
    const callee = procedure(input, frame);
    if (!isFunction(callee)) throw noFunction(node, callee, frame);
    const given = args.map((arg) => arg?.(input, frame));
    return createFunction({
      name: "",
      arity,
      invoke(rest, context) {
        let next = 0;
        return apply(
          callee,
          given.map((value, index) => (args[index] === undefined ? rest[next++] : value)),
          context,
        );
      },
    });
  };
}

/** `function($a, $b) { … }` */
export function compileLambda(node: Lambda, compile: Compile): Evaluate {
  const body = compile(node.body, true);
  const validate = node.signature === undefined ? undefined : readSignature(node.signature);
  const { parameters } = node;
  return (input, frame) =>
    createFunction({
      name: "",
      arity: parameters.length,
      invoke(args, context) {
        const given = validate === undefined ? args : validate(args, context.input);
        const values = given.length === parameters.length ? (given as unknown[]) : parameters.map((_, index) => given[index]);
        return body(input, { names: parameters, values, parent: frame, run: frame.run });
      },
    });
}

/** `value ~> f` and `f ~> g` */
export function compileFunctionApplication(node: Extract<Node, { kind: "binary" }>, compile: Compile): Evaluate {
  const left = compile(node.left);
  if (node.right.kind === "call") return compileChainedCall(left, node.right, compile);
  const right = compile(node.right);
  return (input, frame) => {
    const value = left(input, frame);
    const callee = right(input, frame);
    if (!isFunction(callee)) throw new JsonataError("T2006", { position: node.position, value: callee });
    return isFunction(value) ? compose(value, callee) : apply(callee, [value], { input, frame });
  };
}

function compileChainedCall(left: Evaluate, node: Call, compile: Compile): Evaluate {
  const procedure = compile(node.procedure);
  const args = node.arguments.map((arg) => compile(arg));
  return (input, frame) => {
    const values = [left(input, frame), ...valuesOf(args, input, frame)];
    return call(procedure(input, frame), { node, values, input, frame, isTail: false });
  };
}

function compose(first: FunctionValue, second: FunctionValue): FunctionValue {
  return createFunction({
    name: "",
    arity: 1,
    invoke(args, context) {
      return apply(second, [apply(first, args, context)], context);
    },
  });
}
