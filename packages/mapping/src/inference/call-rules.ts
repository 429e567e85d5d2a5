import { ANY, BOOLEAN, listOf, NUMBER, OPEN_OBJECT, STRING, type Shape, alternatives } from "./shape.ts";

/** What a signature such as `<s-n?:s>` tells before a call: how many arguments, of which kinds, and what comes back. */
export interface CallRule {
  readonly least: number;
  readonly most: number;
  readonly parameters: readonly Parameter[];
  /** Whether the context stands for an argument that is left out. */
  readonly takesContext: boolean;
  readonly yields: Shape;
}

interface Parameter {
  /** Letters of the kinds that are taken, such as `sn`; empty for any. */
  readonly kinds: string;
}

const LETTERS: Readonly<Record<string, Shape>> = { s: STRING, n: NUMBER, b: BOOLEAN, o: OPEN_OBJECT, a: listOf(ANY) };

export function callRule(signature: string): CallRule {
  const [, inside = "", result] = /^<(.*?)(?::([^:]*))?>$/s.exec(withoutSubtypes(signature)) ?? [];
  const parameters: Parameter[] = [];
  let least = 0;
  let most = 0;
  let hasContext = false;
  for (const [, group, letter = "", sign] of inside.matchAll(/(?:\(([a-z]+)\)|([a-z]))([-?+]?)/g)) {
    const kinds = group ?? letter;
    parameters.push({ kinds: /[xj]/.test(kinds) ? "" : kinds });
    most = sign === "+" ? Infinity : most + 1;
    if (sign === "-") hasContext = true;
    else if (sign !== "?") least += 1;
  }
  return { least, most, parameters, takesContext: hasContext, yields: LETTERS[result?.[0] ?? ""] ?? ANY };
}

function withoutSubtypes(signature: string): string {
  const inner = signature.slice(1, -1);
  let plain = "";
  let depth = 0;
  for (const char of inner) {
    if (char === "<") depth += 1;
    if (depth === 0) plain += char;
    if (char === ">") depth -= 1;
  }
  return `<${plain}>`;
}

/** Whether an argument of a shape is refused whatever its value. A single value stands for a list of one. */
export function isRefused({ kinds }: Parameter, shape: Shape): boolean {
  if (kinds === "" || kinds.includes("a")) return false;
  return alternatives(shape).every((one) => {
    switch (one.kind) {
      case "any":
      case "nothing":
        return false;
      case "string":
      case "number":
      case "boolean":
        return !kinds.includes(one.kind[0] ?? "");
      case "null":
        return !kinds.includes("l");
      case "object":
        return !kinds.includes("o");
      case "function":
        return !kinds.includes("f");
      default:
        return true;
    }
  });
}

const NAMES: Readonly<Record<string, string>> = { s: "a text", n: "a number", b: "true or false", o: "a map", f: "a function", l: "null" };

export function describeKinds({ kinds }: Parameter): string {
  return [...kinds].map((letter) => NAMES[letter] ?? letter).join(" or ");
}
