import { apply } from "../apply.ts";
import { JsonataError } from "../errors.ts";
import { checkLength, spend } from "../frame.ts";
import { type CallContext, type FunctionValue, isFunction, isObject, textOf, unwrap } from "../values.ts";
import { builtin } from "./builtin.ts";

type Text = string | undefined;

interface Match {
  readonly match: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | undefined)[];
  readonly next: FunctionValue;
}

export const stringFunctions: readonly FunctionValue[] = [
  builtin<[unknown, boolean | undefined]>(["string", "<x-b?:s>", 1], ([value, pretty], { frame: { run } }) =>
    value === undefined ? undefined : textOf(value, { pretty: pretty === true, run }),
  ),
  builtin<[Text, number, number | undefined]>(["substring", "<s-nn?:s>"], ([text, start, length]) => {
    if (text === undefined) return undefined;
    const chars = Array.from(text);
    const from = chars.length + start < 0 ? 0 : start;
    if (length === undefined) return chars.slice(from).join("");
    if (length <= 0) return "";
    return chars.slice(from, from >= 0 ? from + length : chars.length + from + length).join("");
  }),
  builtin<[Text, string]>(["substringBefore", "<s-s:s>"], ([text, chars]) => {
    const at = text?.indexOf(chars) ?? -1;
    return at >= 0 ? text?.slice(0, at) : text;
  }),
  builtin<[Text, string]>(["substringAfter", "<s-s:s>"], ([text, chars]) => {
    const at = text?.indexOf(chars) ?? -1;
    return at >= 0 ? text?.slice(at + chars.length) : text;
  }),
  builtin<[Text]>(["lowercase", "<s-:s>"], ([text]) => text?.toLowerCase()),
  builtin<[Text]>(["uppercase", "<s-:s>"], ([text]) => text?.toUpperCase()),
  builtin<[Text]>(["length", "<s-:n>"], ([text]) => (text === undefined ? undefined : Array.from(text).length)),
  builtin<[Text]>(["trim", "<s-:s>"], ([text]) =>
    text
      ?.replaceAll(/[ \t\n\r]+/g, " ")
      .replace(/^ /, "")
      .replace(/ $/, ""),
  ),
  builtin<[Text, number, Text]>(["pad", "<s-ns?:s>"], ([text, width, char], { frame }) => {
    if (text === undefined) return undefined;
    checkLength(frame.run, Math.abs(width));
    const missing = Math.abs(width) - Array.from(text).length;
    if (missing <= 0) return text;
    const filler = Array.from(char === undefined || char === "" ? " " : char);
    const padding = Array.from({ length: missing }, (_, index) => filler[index % filler.length]).join("");
    return width > 0 ? text + padding : padding + text;
  }),
  builtin<[Text, FunctionValue, number | undefined]>(["match", "<s-f<s:o>n?:a<o>>"], ([text, matcher, limit], context) => {
    if (text === undefined) return undefined;
    if (limit !== undefined && limit < 0) throw new JsonataError("D3040", { value: limit });
    const found: unknown[] = [];
    for (const { match, start, groups } of matches(text, matcher, context)) {
      if (limit !== undefined && found.length >= limit) break;
      found.push({ match, index: start, groups });
    }
    return unwrap(found);
  }),
  builtin<[Text, string | FunctionValue | undefined]>(["contains", "<s-(sf):b>"], ([text, token], context) => {
    if (text === undefined || token === undefined) return undefined;
    if (typeof token === "string") return text.includes(token);
    if (token.matcher === undefined) return apply(token, [text], context) !== undefined;
    for (const _match of matches(text, token, context)) return true;
    return false;
  }),
  builtin<[Text, string | FunctionValue | undefined, string | FunctionValue | undefined, number | undefined]>(
    ["replace", "<s-(sf)(sf)n?:s>"],
    (args, context) => replace(args, context),
  ),
  builtin<[Text, string | FunctionValue | undefined, number | undefined]>(
    ["split", "<s-(sf)n?:a<s>>"],
    ([text, separator, limit], context) => {
      if (text === undefined) return undefined;
      if (separator === undefined) throw new JsonataError("T0410");
      if (limit !== undefined && limit < 0) throw new JsonataError("D3020", { value: limit });
      if (typeof separator === "string") return text.split(separator, limit);
      const parts: string[] = [];
      let at = 0;
      for (const { start, end } of matches(text, separator, context)) {
        parts.push(text.slice(at, start));
        at = end;
      }
      parts.push(text.slice(at));
      return limit === undefined ? parts : parts.slice(0, Math.floor(limit));
    },
  ),
  builtin<[readonly string[] | undefined, Text]>(["join", "<a<s>s?:s>"], ([texts, separator]) => texts?.join(separator ?? "")),
  builtin<[Text]>(["base64encode", "<s-:s>"], ([text]) =>
    text === undefined ? undefined : Buffer.from(text, "binary").toString("base64"),
  ),
  builtin<[Text]>(["base64decode", "<s-:s>"], ([text]) =>
    text === undefined ? undefined : Buffer.from(text, "base64").toString("binary"),
  ),
  url("encodeUrlComponent", encodeURIComponent),
  url("encodeUrl", encodeURI),
  url("decodeUrlComponent", decodeURIComponent),
  url("decodeUrl", decodeURI),
];

function url(name: string, convert: (text: string) => string): FunctionValue {
  return builtin<[Text]>([name, "<s-:s>"], ([text]) => {
    try {
      return text === undefined ? undefined : convert(text);
    } catch {
      throw new JsonataError("D3140", { value: text });
    }
  });
}

type Found = Pick<Match, "match" | "start" | "end" | "groups">;

/** All matches of a text one by one. Those of a regular expression need no objects. */
function* matches(text: string, matcher: FunctionValue, context: CallContext): Generator<Found> {
  if (matcher.matcher === undefined) {
    yield* answered(text, matcher, context);
    return;
  }
  const search = matcher.matcher(text);
  for (let at = 0, isFirst = true; isFirst || at < text.length; isFirst = false) {
    spend(context.frame.run, 1);
    const found = search(at);
    if (found === undefined) return;
    const { start, end, groups } = found;
    // After a match of no character it would not go on.
    if (start === end && !isFirst) throw new JsonataError("D1004");
    yield { match: text.slice(start, end), start, end, groups };
    at = end;
  }
}

/** Matches as a function of the expression answers them, each with a function for the next. */
function* answered(text: string, matcher: FunctionValue, context: CallContext): Generator<Match> {
  let result = apply(matcher, [text], context);
  while (result !== undefined) {
    if (!isMatch(result)) throw new JsonataError("T1010", { value: result });
    yield result;
    result = apply(result.next, [], context);
  }
}

function isMatch(value: unknown): value is Match {
  return (
    isObject(value) &&
    (typeof value["start"] === "number" || typeof value["end"] === "number") &&
    Array.isArray(value["groups"]) &&
    isFunction(value["next"])
  );
}

function replace(
  [text, pattern, replacement, limit]: readonly [
    Text,
    string | FunctionValue | undefined,
    string | FunctionValue | undefined,
    number | undefined,
  ],
  context: CallContext,
): unknown {
  if (text === undefined) return undefined;
  if (pattern === undefined) throw new JsonataError("T0410");
  if (pattern === "") throw new JsonataError("D3010", { value: pattern });
  if (limit !== undefined && limit < 0) throw new JsonataError("D3011", { value: limit });
  let result = "";
  let at = 0;
  let count = 0;
  // A function gets each match whole, with the function for the next.
  const all = typeof replacement === "object" ? answered : matches;
  const found = typeof pattern === "string" ? occurrences(text, pattern) : all(text, pattern, context);
  for (const match of found) {
    if (limit !== undefined && count >= limit) break;
    if (replacement === undefined) throw new JsonataError("T0410");
    const part =
      typeof replacement === "string" ? filled(replacement, match, typeof pattern === "string") : apply(replacement, [match], context);
    if (typeof part !== "string") throw new JsonataError("D3012", { value: part });
    result += text.slice(at, match.start) + part;
    at = match.end;
    count += 1;
  }
  return result + text.slice(at);
}

function* occurrences(text: string, token: string): Generator<Found> {
  for (let at = text.indexOf(token); at >= 0; at = text.indexOf(token, at + token.length))
    yield { match: token, start: at, end: at + token.length, groups: [] };
}

/** `$0`, `$1` … stand for what was matched, `$$` for a dollar; of several digits as many count as there are groups. */
function filled(template: string, { match, groups }: Found, isLiteral: boolean): string {
  if (isLiteral) return template;
  return template.replaceAll(/\$(?:\$|([0-9]+))/g, (_whole, digits: string | undefined) => {
    if (digits === undefined) return "$";
    if (digits.startsWith("0")) return match + digits.slice(1);
    let length = Math.min(digits.length, Math.max(1, String(groups.length).length));
    if (length > 1 && Number(digits.slice(0, length)) > groups.length) length -= 1;
    return (groups[Number(digits.slice(0, length)) - 1] ?? "") + digits.slice(length);
  });
}
