/** What else is known of a failure: where it is, and which values took part. */
export interface FailureDetail {
  readonly position?: number | undefined;
  readonly token?: string | undefined;
  readonly value?: unknown;
}

/** Why an expression cannot be compiled or evaluated, with the language's own code and the end of the token it concerns. */
export class JsonataError extends Error {
  readonly code: string;
  position: number | undefined;
  token: string | undefined;
  readonly value: unknown;

  constructor(code: string, detail: FailureDetail = {}) {
    super(describe(code, detail));
    this.name = "JsonataError";
    this.code = code;
    this.position = detail.position;
    this.token = detail.token;
    this.value = detail.value;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  S0101: "the text is not closed by its quote",
  S0102: "the number is out of range",
  S0103: "no such escape in a text",
  S0104: "\\u needs four hexadecimal digits",
  S0105: "the quoted name is not closed by a backquote",
  S0106: "the comment is not closed",
  S0201: "the expression should have ended here",
  S0202: "another token is expected here",
  S0203: "the expression ends where a token is expected",
  S0204: "no such operator",
  S0207: "the expression ends too early",
  S0208: "a parameter of a function must be a variable",
  S0209: "a predicate cannot follow a grouping",
  S0210: "a step has one grouping at most",
  S0211: "this cannot begin an expression",
  S0212: "the left side of := must be a variable",
  S0213: "a literal cannot be a step of a path",
  S0214: "the right side must be a variable",
  S0215: "a context variable comes before any predicate",
  S0216: "a context variable comes before any sorting",
  S0217: "the parent cannot be known here",
  S0301: "the regular expression is empty",
  S0302: "the regular expression is not closed",
  S0303: "this is no regular expression",
  S0304:
    "the time that this regular expression takes could not be bounded: it repeats something without bounds and needs a backreference or a lookahead with groups, or it is too large",
  T0410: "an argument does not fit the function's signature",
  T0411: "the context does not fit the function's signature",
  T0412: "an argument must be a list of one type",
  T1003: "a key of an object must be a text",
  T1005: "no function, though one of this name exists with $",
  T1006: "only a function can be called",
  T1008: "only a function can be applied in part",
  D1009: "two definitions give the same key",
  D1011: "the evaluation is nested too deeply",
  D1012: "the evaluation took too long",
  D1014: "the text is too long for this regular expression",
  D2014: "the range is too long",
  D2015: "the sequence is too long",
  D3030: "the value is no number",
};

function describe(code: string, { token, value }: FailureDetail): string {
  if ((code === "D3137" || code === "D3141") && typeof value === "string") return value;
  const reason = REASONS[code] ?? "the expression failed";
  const about = token === undefined ? "" : `, at ${JSON.stringify(token)}`;
  return `${code}: ${reason}${about}`;
}
