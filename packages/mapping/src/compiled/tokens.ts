import { JsonataError } from "./errors.ts";

/** A token, with the position where it ends. */
export interface Token {
  readonly kind: "operator" | "name" | "variable" | "string" | "number" | "value" | "regex" | "end";
  readonly text: string;
  readonly value: string | number | boolean | null;
  readonly position: number;
}

const DOUBLE = new Set(["..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??"]);
const SINGLE = new Set(".[]{}(),@#;:?+-*/%|=<>^&!~");
const SPACE = new Set(" \t\n\r\v");
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/**
 * The same text in the way in which V8 keeps the names of properties. Any other, such as one cut out of a longer text, is looked up anew each time
 * that a property is read or written by it, which takes three times as long.
 */
function asPropertyName(text: string): string {
  return Object.keys({ [text]: true })[0] ?? text;
}

/** Reads tokens one by one: whether `/` begins a regular expression depends on what the parser expects. */
export function createTokens(text: string): (regexAllowed: boolean) => Token {
  let at = 0;

  function token(kind: Token["kind"], given: Token["value"]): Token {
    const value = typeof given === "string" ? asPropertyName(given) : given;
    return { kind, value, text: String(value), position: at };
  }

  function skipBlanks(): void {
    for (;;) {
      while (SPACE.has(text[at] ?? "x")) at += 1;
      if (!text.startsWith("/*", at)) return;
      const end = text.indexOf("*/", at + 2);
      if (end < 0) throw new JsonataError("S0106", { position: at });
      at = end + 2;
    }
  }

  function readString(quote: string): Token {
    let value = "";
    for (at += 1; at < text.length; at += 1) {
      const char = text[at] ?? "";
      if (char === quote) {
        at += 1;
        return token("string", value);
      }
      value += char === "\\" ? readEscape() : char;
    }
    throw new JsonataError("S0101", { position: at });
  }

  function readEscape(): string {
    at += 1;
    const char = text[at] ?? "";
    if (char === "u") {
      const digits = text.slice(at + 1, at + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new JsonataError("S0104", { position: at });
      at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined;
    if (plain === undefined) throw new JsonataError("S0103", { position: at, token: char });
    return plain;
  }

  function readRegex(): Token {
    let depth = 0;
    const start = (at += 1);
    for (; at < text.length; at += 1) {
      const char = text[at] ?? "";
      if (char === "\\") {
        at += 1;
        continue;
      }
      if (char === "/" && depth === 0) return closeRegex(start);
      if ("([{".includes(char)) depth += 1;
      if (")]}".includes(char)) depth -= 1;
    }
    throw new JsonataError("S0302", { position: at });
  }

  function closeRegex(start: number): Token {
    const source = text.slice(start, at);
    if (source === "") throw new JsonataError("S0301", { position: at });
    const flags = /^[im]*/.exec(text.slice(at + 1))?.[0] ?? "";
    at += 1 + flags.length;
    return { kind: "regex", text: source, value: `${flags}g`, position: at };
  }

  function readWord(): Token {
    const start = at;
    while (at < text.length && !SPACE.has(text[at] ?? "") && !SINGLE.has(text[at] ?? "")) at += 1;
    const word = text.slice(start, at);
    if (word.startsWith("$")) return token("variable", word.slice(1));
    if (word === "and" || word === "or" || word === "in") return token("operator", word);
    const value = WORDS.get(word);
    return value === undefined ? token("name", word) : token("value", value);
  }

  return function next(regexAllowed) {
    skipBlanks();
    const char = text[at];
    if (char === undefined) return token("end", "(end)");
    if (char === "/" && regexAllowed) return readRegex();
    const pair = text.slice(at, at + 2);
    if (DOUBLE.has(pair)) {
      at += 2;
      return token("operator", pair);
    }
    if (SINGLE.has(char)) {
      at += 1;
      if (char === "!" || char === "~") throw new JsonataError("S0204", { position: at, token: char });
      return token("operator", char);
    }
    if (char === '"' || char === "'") return readString(char);
    const number = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?/.exec(text.slice(at, at + 400))?.[0];
    if (number !== undefined) {
      const value = Number(number);
      if (!Number.isFinite(value)) throw new JsonataError("S0102", { position: at, token: number });
      at += number.length;
      return token("number", value);
    }
    if (char === "`") {
      const end = text.indexOf("`", at + 1);
      if (end < 0) {
        at = text.length;
        throw new JsonataError("S0105", { position: at });
      }
      const name = text.slice(at + 1, end);
      at = end + 1;
      return token("name", name);
    }
    return readWord();
  };
}
