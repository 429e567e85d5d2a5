/** One segment of a path pattern. */
export type Segment =
  | { readonly kind: "plain"; readonly text: string }
  /** `:name` or `{name}`: the whole segment, whatever it is. */
  | { readonly kind: "parameter"; readonly name: string }
  /** Parameters with text around them, such as `{name}.pdf`. */
  | { readonly kind: "mixed"; readonly parts: readonly MixedPart[] }
  | { readonly kind: "rest" };

export type MixedPart = string | { readonly name: string };

/** A parameter in braces has a name of any characters; a backslash makes of `:`, `*` and the like plain text. */
const TOKEN = /\\(.)|\{([^{}\\]+)\}|([^\s:*?#%(){}\\\p{Cc}])|(:)/gsuy;
const PARAMETER = /^:([A-Za-z_]\w*)$/;

/** Undefined if it is none. */
function readSegment(segment: string): Segment | undefined {
  if (segment === "*") return { kind: "rest" };
  const [, named] = PARAMETER.exec(segment) ?? [];
  if (named !== undefined) return { kind: "parameter", name: named };
  const parts: MixedPart[] = [];
  let end = 0;
  // Beside them a colon is no mistake for a parameter.
  const hasBraces = segment.includes("{");
  for (const [token, escaped, name, plain] of segment.matchAll(TOKEN)) {
    end += token.length;
    if (name !== undefined) parts.push({ name });
    else if (escaped === undefined && plain === undefined && !hasBraces) return undefined;
    else if (typeof parts.at(-1) === "string") parts.push(`${String(parts.pop())}${escaped ?? plain ?? token}`);
    else parts.push(escaped ?? plain ?? token);
  }
  if (end < segment.length) return undefined;
  const [first = ""] = parts;
  if (parts.length > 1) return { kind: "mixed", parts };
  return typeof first === "string" ? { kind: "plain", text: first } : { kind: "parameter", name: first.name };
}

/** The segments of a pattern that `checkPath` has passed. */
export function segmentsOfPattern(pattern: string): readonly Segment[] {
  return pattern
    .slice(1)
    .split("/")
    .map((segment) => readSegment(segment) ?? { kind: "plain", text: segment });
}

/** What is wrong with a path pattern, in words; undefined if nothing is. */
export function checkPath(path: string): string | undefined {
  if (!path.startsWith("/")) return "a path starts with /";
  if (path === "/") return undefined;
  const segments = path.slice(1).split("/");
  const names = new Set<string>();
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === "" && last) continue;
    const read = segment === "" ? undefined : readSegment(segment);
    if (read?.kind === "rest" && !last) return "* stands only at the end of a path";
    if (segment === "." || segment === "..") return `no request ever has the segment "${segment}"`;
    if (read === undefined) return `the segment "${segment}" is neither plain text nor a parameter such as :id`;
    for (const name of namesOf(read)) {
      if (names.has(name)) return `the parameter ${segment} occurs twice`;
      names.add(name);
    }
  }
  return undefined;
}

function namesOf(segment: Segment): readonly string[] {
  if (segment.kind === "parameter") return [segment.name];
  return segment.kind === "mixed" ? segment.parts.flatMap((part) => (typeof part === "string" ? [] : [part.name])) : [];
}

/** The names of a path pattern's parameters; `*` for the rest of the path. */
export function pathParameters(path: string): readonly string[] {
  return segmentsOfPattern(path).flatMap((segment) => (segment.kind === "rest" ? ["*"] : namesOf(segment)));
}

/** The same for patterns that match the same requests: those that differ only in the names of their parameters. */
export function patternKey(path: string): string {
  return segmentsOfPattern(path)
    .map((segment) => {
      if (segment.kind === "mixed") return segment.parts.map((part) => (typeof part === "string" ? part : ":")).join("");
      return segment.kind === "plain" ? segment.text : segment.kind === "rest" ? "*" : ":";
    })
    .join("/");
}
