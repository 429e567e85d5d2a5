import { JsonataError } from "./errors.ts";
import { isFunction, isList, wholeInput } from "./values.ts";

interface Parameter {
  readonly pattern: string;
  /** The kinds of value that it takes, a bit for each. */
  readonly kinds: number;
  readonly isList: boolean;
  readonly subtype: string | undefined;
  readonly context: RegExp | undefined;
}

/** Checks arguments, and completes them: a missing one from the context, a single value to a list of one. */
export type Signature = (args: unknown[], input: unknown) => readonly unknown[];

const KINDS: Readonly<Record<string, string>> = {
  s: "[sm]",
  n: "[nm]",
  b: "[bm]",
  l: "[lm]",
  o: "[om]",
  a: "[asnblfom]",
  f: "f",
  j: "[asnblom]",
  x: "[asnblfom]",
};

/** Reads a signature such as `<s-n?:s>`. */
export function readSignature(text: string): Signature {
  const parameters = readParameters(text);
  // What takes one argument for each parameter, as nearly every call does, needs no pattern.
  const isPlain = parameters.every(({ pattern }) => !pattern.endsWith("+"));
  let whole: RegExp | undefined;
  return (args, input) => {
    if (isPlain && fits(parameters, args)) return args;
    whole ??= new RegExp(`^${parameters.map(({ pattern }) => `(${pattern})`).join("")}$`);
    const supplied = args.map((arg) => symbolOf(arg)).join("");
    const match = whole.exec(supplied);
    if (match === null) throw new JsonataError("T0410", { value: args[firstMisfit(parameters, supplied)] });
    return complete(parameters, match, { args, input: wholeInput(input) });
  };
}

/** Whether each argument fits the parameter of its place, and those that are left can be left out. Single values become lists. */
function fits(parameters: readonly Parameter[], args: unknown[]): boolean {
  if (args.length > parameters.length) return false;
  for (let index = 0; index < parameters.length; index += 1) {
    const parameter = parameters[index];
    if (parameter === undefined) return false;
    if (index >= args.length) {
      if (parameter.context !== undefined || !parameter.pattern.endsWith("?")) return false;
      continue;
    }
    const value = args[index];
    if ((parameter.kinds & bitOf(value)) === 0) return false;
    if (parameter.isList && value !== undefined) {
      if (!isList(value)) {
        if (parameter.subtype !== undefined && parameter.subtype !== symbolOf(value)) return false;
        args[index] = [value];
      } else if (parameter.subtype !== undefined && !holdsOnly(value, "a", parameter.subtype)) return false;
    }
  }
  return true;
}

function readParameters(text: string): readonly Parameter[] {
  const parameters: Parameter[] = [];
  let at = 1;
  for (; at < text.length && text[at] !== ":" && text[at] !== ">"; at += 1) {
    const char = text[at] ?? "";
    const last = parameters.at(-1);
    if ("-?+".includes(char) && last !== undefined) {
      parameters[parameters.length - 1] =
        char === "-"
          ? { ...last, context: new RegExp(`^${last.pattern}$`), pattern: `${last.pattern}?` }
          : { ...last, pattern: last.pattern + char };
      continue;
    }
    if (char === "<") {
      const end = closing(text, at, "<>");
      if (last === undefined || !["a", "f"].includes(text[at - 1] ?? "")) throw new JsonataError("S0401", { value: char });
      parameters[parameters.length - 1] = { ...last, subtype: text.slice(at + 1, end) };
      at = end;
      continue;
    }
    if (char === "(") {
      const end = closing(text, at, "()");
      const choice = text.slice(at + 1, end);
      if (choice.includes("<")) throw new JsonataError("S0402", { value: choice });
      parameters.push(createParameter(`[${choice.replaceAll(/[^a-z]/g, "")}m]`, false));
      at = end;
      continue;
    }
    const pattern = KINDS[char];
    if (pattern !== undefined) parameters.push(createParameter(pattern, char === "a"));
  }
  return parameters;
}

const SYMBOLS = "asnblfom";

function createParameter(pattern: string, takesList: boolean): Parameter {
  let kinds = 0;
  for (const [index, symbol] of Array.from(SYMBOLS).entries()) if (pattern.includes(symbol)) kinds |= 1 << index;
  return { pattern, kinds, isList: takesList, subtype: undefined, context: undefined };
}

function closing(text: string, from: number, [open, close]: string | readonly string[]): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === open) depth += 1;
    if (text[at] === close) depth -= 1;
    if (depth === 0) return at;
  }
  return text.length;
}

function complete(parameters: readonly Parameter[], match: RegExpExecArray, call: { args: readonly unknown[]; input: unknown }): unknown[] {
  const completed: unknown[] = [];
  let at = 0;
  for (const [index, parameter] of parameters.entries()) {
    const symbols = match[index + 1] ?? "";
    if (symbols === "") {
      if (parameter.context === undefined) {
        completed.push(call.args[at]);
        at += 1;
      } else if (parameter.context.test(symbolOf(call.input))) completed.push(call.input);
      else throw new JsonataError("T0411", { value: call.input });
      continue;
    }
    for (const symbol of symbols) {
      completed.push(parameter.isList ? toList(parameter, symbol, call.args[at]) : call.args[at]);
      at += 1;
    }
  }
  return completed;
}

function toList(parameter: Parameter, symbol: string, value: unknown): unknown {
  if (symbol === "m") return undefined;
  if (parameter.subtype !== undefined && !holdsOnly(value, symbol, parameter.subtype)) throw new JsonataError("T0412", { value });
  return symbol === "a" ? value : [value];
}

function holdsOnly(value: unknown, symbol: string, subtype: string): boolean {
  if (symbol !== "a") return symbol === subtype;
  if (!isList(value) || value.length === 0) return true;
  const first = symbolOf(value[0]);
  return first === subtype[0] && value.every((item) => symbolOf(item) === first);
}

function firstMisfit(parameters: readonly Parameter[], supplied: string): number {
  let pattern = "^";
  let fitting = 0;
  for (const parameter of parameters) {
    pattern += parameter.pattern;
    const match = new RegExp(pattern).exec(supplied);
    if (match === null) return fitting;
    fitting = match[0].length;
  }
  return fitting;
}

function bitOf(value: unknown): number {
  return 1 << kindOf(value);
}

function symbolOf(value: unknown): string {
  return SYMBOLS[kindOf(value)] ?? "";
}

/** The place of a value's symbol in SYMBOLS. */
function kindOf(value: unknown): number {
  switch (typeof value) {
    case "string":
      return 1;
    case "number":
      return 2;
    case "boolean":
      return 3;
    case "object":
      return value === null ? 4 : isList(value) ? 0 : isFunction(value) ? 5 : 6;
    default:
      return 7;
  }
}
