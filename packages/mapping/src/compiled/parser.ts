import { JsonataError } from "./errors.ts";
import { resolveParents } from "./parents.ts";
import { addFilter, addFocus, addGroup, addIndex, addSort, asPath, joinPaths, keepArray } from "./path-order.ts";
import { readSignature } from "./signature.ts";
import { createTokens, type Token } from "./tokens.ts";
import type { Lambda, Node, Pair, Term } from "./tree.ts";

const POWERS: Readonly<Record<string, number>> = {
  ".": 75,
  "[": 80,
  "{": 70,
  "(": 80,
  "@": 80,
  "#": 80,
  "?": 20,
  "?:": 40,
  "??": 40,
  "+": 50,
  "-": 50,
  "*": 60,
  "/": 60,
  "%": 60,
  "=": 40,
  "<": 40,
  ">": 40,
  "^": 40,
  "!=": 40,
  "<=": 40,
  ">=": 40,
  "~>": 40,
  and: 30,
  or: 25,
  in: 40,
  "&": 50,
  ":=": 10,
};

/** The tree of an expression's text; throws a JsonataError with the place of what is wrong. */
export function parse(text: string): Node {
  const next = createTokens(text);
  let token = next(true);

  function advance(expected?: string, operandFollows = true): Token {
    const passed = token;
    if (expected !== undefined && !isOperator(passed, expected)) {
      const code = passed.kind === "end" ? "S0203" : "S0202";
      throw new JsonataError(code, { position: passed.position, token: passed.text, value: expected });
    }
    token = next(operandFollows);
    return passed;
  }

  function expression(power: number): Node {
    const first = token;
    // What follows an operand is an operator: `/` divides.
    token = next(first.kind === "operator" && !")]}".includes(first.text) && !["*", "**", "%"].includes(first.text));
    let left = prefix(first);
    while (power < (token.kind === "operator" ? (POWERS[token.text] ?? 0) : 0)) {
      const operator = advance();
      left = infix(left, operator);
    }
    return left;
  }

  function prefix({ kind, value, text: spelling, position }: Token): Node {
    switch (kind) {
      case "string":
      case "number":
      case "value":
        return { kind: "literal", value, position };
      case "name":
        return asPath({ kind: "name", name: spelling, position });
      case "variable":
        return { kind: "variable", name: spelling, position };
      case "regex":
        return { kind: "regex", source: spelling, flags: String(value), position };
      case "end":
        throw new JsonataError("S0207", { position, token: spelling });
      case "operator":
        return prefixOperator(spelling, position);
      default:
        throw kind satisfies never;
    }
  }

  function prefixOperator(operator: string, position: number): Node {
    switch (operator) {
      case "and":
      case "or":
      case "in":
        return asPath({ kind: "name", name: operator, position });
      case "-":
        return negate(expression(70), position);
      case "*":
        return { kind: "wildcard", position };
      case "**":
        return { kind: "descendant", position };
      case "%":
        return { kind: "parent", position };
      case "(":
        return { kind: "block", expressions: blockParts(), position };
      case "[":
        return { kind: "array", items: listParts(), position };
      case "{":
        return { kind: "object", pairs: pairs(), position };
      case "|":
        return transform(position);
      default:
        throw new JsonataError("S0211", { position, token: operator });
    }
  }

  function infix(left: Node, { text: operator, position }: Token): Node {
    switch (operator) {
      case ".":
        return joinPaths(left, expression(75), position);
      case "[":
        return predicate(left, position);
      case "{":
        return addGroup(left, pairs(), position);
      case "(":
        return call(left, position);
      case "@":
        return addFocus(left, variableAfter(expression(80), position, operator), position);
      case "#":
        return addIndex(left, variableAfter(expression(80), position, operator));
      case "^":
        return addSort(left, terms(), position);
      case "?":
        return condition(left, position);
      case "?:":
      case "??":
        return { kind: "default", operator, left, right: expression(0), position };
      case ":=": {
        if (left.kind !== "variable") throw new JsonataError("S0212", { position: left.position, token: spelling(left) });
        return { kind: "bind", name: left.name, value: expression(9), position };
      }
      default:
        return { kind: "binary", operator, left, right: expression(POWERS[operator] ?? 0), position };
    }
  }

  function predicate(left: Node, position: number): Node {
    if (isOperator(token, "]")) {
      advance("]", false);
      return keepArray(left);
    }
    const inner = expression(0);
    advance("]", false);
    return addFilter(left, inner, position);
  }

  function blockParts(): readonly Node[] {
    const parts: Node[] = [];
    while (!isOperator(token, ")") && token.kind !== "end") {
      parts.push(expression(0));
      if (!isOperator(token, ";")) break;
      advance(";");
    }
    advance(")", false);
    return parts;
  }

  function listParts(): readonly Node[] {
    const parts: Node[] = [];
    while (!isOperator(token, "]")) {
      const item = expression(0);
      if (isOperator(token, "..")) {
        const { position } = advance("..");
        parts.push({ kind: "binary", operator: "..", left: item, right: expression(0), position });
      } else parts.push(item);
      if (!isOperator(token, ",")) break;
      advance(",");
    }
    advance("]", false);
    return parts;
  }

  function pairs(): readonly Pair[] {
    const list: Pair[] = [];
    while (!isOperator(token, "}")) {
      const key = expression(0);
      advance(":");
      list.push([key, expression(0)]);
      if (!isOperator(token, ",")) break;
      advance(",");
    }
    advance("}", false);
    return list;
  }

  function terms(): readonly Term[] {
    advance("(");
    const list: Term[] = [];
    for (;;) {
      const descending = isOperator(token, ">");
      if (descending || isOperator(token, "<")) advance();
      list.push({ node: expression(0), descending });
      if (!isOperator(token, ",")) break;
      advance(",");
    }
    advance(")", false);
    return list;
  }

  function condition(test: Node, position: number): Node {
    const positive = expression(0);
    if (!isOperator(token, ":")) return { kind: "condition", test, positive, negative: undefined, position };
    advance(":");
    return { kind: "condition", test, positive, negative: expression(0), position };
  }

  function transform(position: number): Node {
    const pattern = expression(0);
    advance("|");
    const update = expression(0);
    let remove: Node | undefined;
    if (isOperator(token, ",")) {
      advance(",");
      remove = expression(0);
    }
    advance("|", false);
    return { kind: "transform", pattern, update, remove, position };
  }

  function call(procedure: Node, position: number): Node {
    const list: Node[] = [];
    let isPartial = false;
    while (!isOperator(token, ")")) {
      if (isOperator(token, "?")) {
        isPartial = true;
        list.push({ kind: "placeholder", position: advance("?", false).position });
      } else list.push(expression(0));
      if (!isOperator(token, ",")) break;
      advance(",");
    }
    advance(")", false);
    const name = spelling(procedure);
    if (procedure.kind === "path" && (name === "function" || name === "λ")) return lambda(list, position);
    return { kind: isPartial ? "partial" : "call", procedure, arguments: list, position };
  }

  function lambda(list: readonly Node[], position: number): Lambda {
    const parameters = list.map((node, index) => {
      if (node.kind === "variable") return node.name;
      throw new JsonataError("S0208", { position: node.position, token: spelling(node), value: index + 1 });
    });
    const signature = isOperator(token, "<") ? signatureText() : undefined;
    // A signature that makes no sense is reported before what follows it.
    if (signature !== undefined) readSignature(signature);
    advance("{");
    const body = expression(0);
    advance("}", false);
    return { kind: "lambda", parameters, signature, body, position };
  }

  function signatureText(): string {
    let depth = 0;
    let signature = "";
    do {
      const part = advance(undefined, false);
      if (part.kind === "end") throw new JsonataError("S0203", { position: part.position, token: part.text, value: ">" });
      if (part.text === "<") depth += 1;
      if (part.text === ">") depth -= 1;
      signature += part.text;
    } while (depth > 0);
    return signature;
  }

  const tree = expression(0);
  if (token.kind !== "end") throw new JsonataError("S0201", { position: token.position, token: token.text });
  resolveParents(tree);
  return tree;
}

function isOperator(token: Token, text: string): boolean {
  return token.kind === "operator" && token.text === text;
}

function negate(operand: Node, position: number): Node {
  if (operand.kind === "literal" && typeof operand.value === "number") return { ...operand, value: -operand.value };
  return { kind: "negate", operand, position };
}

function variableAfter(node: Node, position: number, operator: string): string {
  if (node.kind === "variable") return node.name;
  throw new JsonataError("S0214", { position, token: operator });
}

function spelling(node: Node): string | undefined {
  if (node.kind === "literal") return String(node.value);
  if (node.kind === "binary") return node.operator;
  if (node.kind !== "path") return "name" in node ? node.name : undefined;
  const only = node.steps[0]?.node;
  return node.steps.length === 1 && only?.kind === "name" ? only.name : undefined;
}
