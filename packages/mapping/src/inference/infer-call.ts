import { nearestName } from "@portolan/core";
import type { Call, Lambda, Node } from "../compiled/tree.ts";
import { describeKinds, isRefused, type CallRule } from "./call-rules.ts";
import { lookUp, within, type Binding, type Infer, type Scope } from "./scope.ts";
import { ANY, describeShape, itemsOf, listOf, mayBeNothing, NOTHING, sequenceOf, STRING, union, type Shape } from "./shape.ts";

type Known = readonly (Shape | undefined)[];

/** A call of a function of the language, of the app, or of the expression itself. */
export function inferCall(node: Call, scope: Scope, infer: Infer): Shape {
  return inferCallWith(node, [], { scope, infer });
}

/** `value ~> $f(more)` calls with the value first; `~>` with a function that is not called is the same without more. */
export function inferApplication(node: Extract<Node, { kind: "binary" }>, scope: Scope, infer: Infer): Shape {
  const first = infer(node.left, scope);
  if (node.right.kind === "call") return inferCallWith(node.right, [first], { scope, infer });
  if (node.right.kind === "variable")
    return inferCallWith({ kind: "call", procedure: node.right, arguments: [], position: node.right.position }, [first], { scope, infer });
  infer(node.right, scope);
  return ANY;
}

interface At {
  readonly scope: Scope;
  readonly infer: Infer;
}

function inferCallWith(node: Call, first: readonly Shape[], at: At): Shape {
  const { scope, infer } = at;
  const { procedure } = node;
  if (procedure.kind === "lambda") return inferLambda(procedure, [...first, ...node.arguments.map((one) => infer(one, scope))], at);
  if (procedure.kind !== "variable") {
    infer(procedure, scope);
    for (const one of node.arguments) infer(one, scope);
    return ANY;
  }
  const bound = lookUp(scope.variables, procedure.name);
  if (bound !== undefined) return inferBound(bound, [...first, ...node.arguments.map((one) => infer(one, scope))], at);
  const rule = scope.about.rule(procedure.name);
  if (rule === undefined) {
    for (const one of node.arguments) infer(one, scope);
    const nearest = nearestName(procedure.name, scope.about.functionNames);
    scope.about.report({
      message: `there is no function $${procedure.name}`,
      position: procedure.position,
      token: procedure.name,
      isCertain: true,
      ...(nearest === undefined ? {} : { hint: `did you mean $${nearest}?` }),
    });
    return ANY;
  }
  const values: Known = [...first, ...node.arguments.map((one) => (one.kind === "lambda" ? undefined : infer(one, scope)))];
  checkArguments(procedure, { rule, values }, scope);
  return yielded(procedure.name, { rule, values, nodes: [...first.map(() => undefined), ...node.arguments] }, at);
}

function checkArguments(
  { name, position }: { readonly name: string; readonly position: number },
  { rule, values }: { readonly rule: CallRule; readonly values: Known },
  scope: Scope,
): void {
  const report = (message: string) => scope.about.report({ message: `$${name}: ${message}`, position, token: name, isCertain: true });
  if (values.length < rule.least || values.length > rule.most) {
    const wanted =
      rule.least === rule.most ? String(rule.least) : rule.most === Infinity ? `at least ${rule.least}` : `${rule.least} to ${rule.most}`;
    return report(`expected ${wanted} argument${wanted === "1" ? "" : "s"}, found ${values.length}`);
  }
  // With fewer arguments than parameters the context may stand for the first, which moves the others.
  if (rule.takesContext && values.length < rule.parameters.length) return;
  for (const [index, value] of values.entries()) {
    const parameter = rule.parameters[Math.min(index, rule.parameters.length - 1)];
    if (value !== undefined && parameter !== undefined && isRefused(parameter, value))
      report(`argument ${index + 1} must be ${describeKinds(parameter)}, and is ${describeShape(value)}`);
  }
}

interface CallAt {
  readonly rule: CallRule;
  readonly values: Known;
  readonly nodes: readonly (Node | undefined)[];
}

/** What comes back: more than the signature tells, for the functions that hand on what they get. */
function yielded(name: string, { rule, values, nodes }: CallAt, at: At): Shape {
  const list = values[0];
  const item = list === undefined ? ANY : itemsOf(list);
  const callee = nodes.findLast((one) => one?.kind === "lambda") as Lambda | undefined;
  switch (name) {
    case "map": {
      const result = callee === undefined ? ANY : inferLambda(callee, [item, { kind: "number" }, listOf(item)], at);
      return union(sequenceOf(result), NOTHING);
    }
    case "filter":
      if (callee !== undefined) inferLambda(callee, [item, { kind: "number" }, listOf(item)], at);
      return union(sequenceOf(item), NOTHING);
    case "single":
      if (callee !== undefined) inferLambda(callee, [item, { kind: "number" }, listOf(item)], at);
      return item;
    case "sort":
      if (callee !== undefined) inferLambda(callee, [item, item], at);
      return listOf(item);
    case "reverse":
    case "shuffle":
      return listOf(item);
    case "distinct":
      return list ?? ANY;
    case "append":
      return union(sequenceOf(union(item, values[1] === undefined ? ANY : itemsOf(values[1]))), NOTHING);
    case "split":
      return listOf(STRING);
    case "exists":
      return rule.yields;
    default:
      for (const one of nodes) if (one?.kind === "lambda") inferLambda(one, [], at);
      return values.some((value) => value === undefined || mayBeNothing(value)) || values.length < rule.most
        ? union(rule.yields, NOTHING)
        : rule.yields;
  }
}

function inferBound({ lambda }: Binding, values: readonly Shape[], at: At): Shape {
  // A function that calls itself would never end here.
  return lambda === undefined || values.length === 0 ? ANY : inferLambda(lambda, values, at);
}

const running = new WeakSet<Lambda>();

function inferLambda(lambda: Lambda, values: readonly Shape[], { scope, infer }: At): Shape {
  if (running.has(lambda)) return ANY;
  running.add(lambda);
  try {
    const inner = within(scope);
    for (const [index, name] of lambda.parameters.entries()) inner.variables.own.set(name, { shape: values[index] ?? ANY });
    return infer(lambda.body, inner);
  } finally {
    running.delete(lambda);
  }
}
