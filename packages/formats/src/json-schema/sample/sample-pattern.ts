import type { Draw } from "./draw.ts";

/** Writes one text; `extra` says how often more than it must an unlimited repetition repeats. */
type Piece = (draw: Draw, extra: number) => string;

const ASCII = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
/** Letters and digits first: a text of them can be read. */
const CHARACTERS = [...ASCII.filter((char) => /[a-z0-9]/i.test(char)), ...ASCII.filter((char) => !/[a-z0-9]/i.test(char)), ..."äé£€中\t\n"];

/** Texts that a pattern of JSON Schema matches, or undefined if it says what cannot be written by its parts. */
export function createPatternSampler(pattern: string): Piece | undefined {
  const parser = { source: pattern, at: 0, groups: new Map<string, string>(), count: 0 };
  try {
    const whole = readAlternatives(parser);
    return parser.at === pattern.length ? whole : undefined;
  } catch (error) {
    // The pattern is none; whoever compiles the schema says so.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface Parser {
  readonly source: string;
  at: number;
  /** What groups have written, for references back to them. */
  readonly groups: Map<string, string>;
  count: number;
}

function readAlternatives(parser: Parser): Piece {
  const alternatives = [readSequence(parser)];
  while (parser.source[parser.at] === "|") {
    parser.at += 1;
    alternatives.push(readSequence(parser));
  }
  return (draw, extra) => draw.oneOf(alternatives)(draw, extra);
}

function readSequence(parser: Parser): Piece {
  const pieces: Piece[] = [];
  for (;;) {
    const char = parser.source[parser.at];
    if (char === undefined || char === "|" || char === ")") break;
    pieces.push(readRepetition(parser, readAtom(parser, char)));
  }
  return (draw, extra) => pieces.map((piece) => piece(draw, extra)).join("");
}

function readRepetition(parser: Parser, atom: Piece): Piece {
  const found = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(parser.source.slice(parser.at));
  if (found === null) return atom;
  parser.at += found[0].length;
  const [text, least, comma, most] = found;
  const low = least === undefined ? (text.startsWith("+") ? 1 : 0) : Number(least);
  const limit = least === undefined ? (text.startsWith("?") ? 1 : Infinity) : comma === "" ? low : most === "" ? Infinity : Number(most);
  return (draw, extra) => {
    const count = Math.min(limit, low + (limit === Infinity ? extra : draw.between(0, Math.min(limit - low, Math.max(extra, 2)))));
    return Array.from({ length: count }, () => atom(draw, extra)).join("");
  };
}

const NOTHING: Piece = () => "";

function readAtom(parser: Parser, char: string): Piece {
  if (char === "(") return readGroup(parser);
  if (char === "^" || char === "$") {
    parser.at += 1;
    return NOTHING;
  }
  if (char === "[") return characterOf(take(parser, /^\[(?:\\.|[^\]\\])*\]/su));
  if (char === ".") {
    parser.at += 1;
    return characterOf("[^\\n]");
  }
  if (char !== "\\") {
    const literal = take(parser, /^./su);
    return () => literal;
  }
  const escape = take(parser, /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[A-Za-z]|k<[^>]*>|[1-9]\d*|.)/su);
  const reference = /^\\(?:k<(.*)>|([1-9]\d*))$/.exec(escape);
  if (reference !== null) return () => parser.groups.get(reference[1] ?? reference[2] ?? "") ?? "";
  return /^\\[bB]$/.test(escape) ? NOTHING : characterOf(escape);
}

function readGroup(parser: Parser): Piece {
  const opening = take(parser, /^\((?:\?(?::|=|!|<=|<!|<([^>]*)>))?/u);
  const name = /^\(\?<([^=!].*)>$/.exec(opening)?.[1];
  const isCaptured = opening === "(" || name !== undefined;
  const number = isCaptured ? String((parser.count += 1)) : "";
  const inner = readAlternatives(parser);
  take(parser, /^\)/u);
  if (/^\(\?<?[=!]/.test(opening)) return NOTHING;
  if (!isCaptured) return inner;
  return (draw, extra) => {
    const text = inner(draw, extra);
    parser.groups.set(number, text);
    if (name !== undefined) parser.groups.set(name, text);
    return text;
  };
}

/** Any character of a class or an escape. */
function characterOf(source: string): Piece {
  const isOne = matcher(source);
  const found = CHARACTERS.filter((char) => isOne.test(char));
  for (let code = 0; found.length === 0 && code < 0xd800; code++)
    if (isOne.test(String.fromCharCode(code))) found.push(String.fromCharCode(code));
  if (found.length === 0) throw new SyntaxError(`nothing is ${source}`);
  const readable = found.filter((char) => /[a-z0-9]/i.test(char));
  return (draw) => draw.oneOf(readable.length > 0 ? readable : found);
}

function matcher(source: string): RegExp {
  try {
    return new RegExp(`^${source}$`, "u");
  } catch {
    // Valid only without Unicode, such as `\_`; what is not valid then either is thrown.
    return new RegExp(`^${source}$`);
  }
}

function take(parser: Parser, expected: RegExp): string {
  const [text] = expected.exec(parser.source.slice(parser.at)) ?? [];
  if (text === undefined) throw new SyntaxError(`not understood at ${parser.at}`);
  parser.at += text.length;
  return text;
}
