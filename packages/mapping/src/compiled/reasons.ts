/** What went wrong in words, by the language's own codes. */
const REASONS: Readonly<Record<string, string>> = {
  S0101: "the text is not closed by its quote",
  S0102: "the number is too large",
  S0103: "no such escape in a text",
  S0104: "\\u needs four hexadecimal digits",
  S0105: "the quoted name is not closed by a backquote",
  S0106: "the comment is not closed",
  S0201: "the expression should have ended before this",
  S0202: "something else is expected",
  S0203: "the expression ends too early",
  S0204: "no such operator",
  S0207: "the expression ends too early",
  S0208: "a parameter of a function is written $name",
  S0209: "a predicate cannot follow a grouping",
  S0210: "a step has one grouping at most",
  S0211: "nothing can begin with this",
  S0212: "on the left of := stands a $name",
  S0213: "a number or text is no step of a path",
  S0214: "on the right stands a $name",
  S0215: "@ comes before the predicates of its step",
  S0216: "@ cannot follow a sorting",
  S0217: "there is no parent here",
  S0301: "the regular expression is empty",
  S0302: "the regular expression is not closed by /",
  S0303: "this is no regular expression",
  S0304:
    "the time that this regular expression takes has no bound: it repeats without end and has a backreference or a group in a lookahead, or it is too large",
  S0305: "$eval is not available, since data must not become code",
  S0401: "only lists and functions have a type in < >",
  S0402: "a choice of types cannot hold types in < >",
  T0410: "an argument is of the wrong type",
  T0411: "what the function is applied to is of the wrong type",
  T0412: "an argument must be a list of one type",
  D1001: "the number is not finite",
  D1002: "only a number has a negative",
  T1003: "a key of an object must be a text",
  D1004: "the regular expression matches no character",
  T1005: "this is no function; with $ before its name there is one",
  T1006: "only a function can be called",
  T1007: "this is no function; with $ before its name there is one",
  T1008: "only a function can get some of its arguments",
  D1009: "two definitions give the same key",
  T1010: "a function that matches must yield match, start, end, groups and next",
  D1011: "it is nested too deeply; does a function call itself without end?",
  D1012: "it took too long; is there a loop without end?",
  D1013: "names that begin with _jsonata_ are reserved",
  D1014: "the text is too long for this regular expression",
  T2001: "the left side must be a number",
  T2002: "the right side must be a number",
  T2003: "a range begins with a whole number",
  T2004: "a range ends with a whole number",
  T2006: "on the right of ~> stands a function",
  T2007: "numbers and texts cannot be sorted together",
  T2008: "only numbers and texts can be sorted by",
  T2009: "a number and a text cannot be compared",
  T2010: "only numbers and texts can be compared",
  T2011: "the update of a transformation must be an object",
  T2012: "what a transformation deletes must be a name or a list of names",
  D2014: "a range has 10,000,000 numbers at most",
  D2015: "the list or text is too long",
  D3001: "a number that is not finite has no text",
  D3010: "$replace cannot look for an empty text",
  D3011: "$replace needs a limit of at least 0",
  D3012: "$replace needs a text to put in",
  D3020: "$split needs a limit of at least 0",
  D3030: "the value is no number",
  D3040: "$match needs a limit of at least 0",
  D3050: "$reduce needs a function of at least two arguments",
  D3060: "a negative number has no square root",
  D3061: "the power is no finite number",
  D3070: "$sort needs a function unless all are texts or all are numbers",
  D3100: "the base of a number is from 2 to 36",
  D3110: "without a picture $toMillis reads ISO 8601 only",
  D3120: "the text that $eval got is no expression",
  D3121: "the expression that $eval got failed",
  D3130: "numbers cannot be written like this",
  D3131: "the digits of a picture must be of one script",
  D3132: "the picture has a component that does not exist",
  D3133: "only months and days have names",
  D3134: "a time zone has four digits at most",
  D3135: "the picture has a [ without its ]",
  D3136: "the picture lacks a component that an instant needs",
  D3138: "$single found more than one",
  D3139: "$single found none",
  D3140: "the text is no part of a URL",
};

/** What a failure concerns. */
interface Concern {
  readonly token?: string | undefined;
  readonly value?: unknown;
}

/** Why an expression failed, with the token or the value that it failed at. */
export function reasonOf(code: string, { token, value }: Concern): string {
  if ((code === "D3137" || code === "D3141") && typeof value === "string") return value;
  if (code === "S0202") return `expected ${quoted(value)}, found ${quoted(token)}`;
  if (code === "S0203") return `the expression ends before ${quoted(value)}`;
  const reason = REASONS[code] ?? (code.startsWith("D30") ? "the picture of the number makes no sense" : "the expression failed");
  return token === undefined || token === "(end)" ? reason : `${reason}: ${quoted(token)}`;
}

function quoted(value: unknown): string {
  return value === "(end)" ? "the end" : JSON.stringify(value);
}
