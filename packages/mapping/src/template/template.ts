import type { ExpressionScope, Language } from "@portolan/core";
import mustache from "mustache";

/**
 * Templates for text, in Mustache: `{{body.name}}`, sections over lists and conditions, no logic beyond. A template sees
 * the message, own properties only, and calls nothing. As everywhere in Mustache, `{{x}}` is escaped for HTML and XML, `{{{x}}}` is taken as it is;
 * lists and maps are written as JSON. Partials are refused, since there is nowhere to take them from.
 */
export const mustacheLanguage: Language = {
  name: "mustache",
  title: "Mustache",
  compile(text) {
    const writer = new mustache.Writer();
    refusePartials(parse(text), text);
    // A writer keeps what it has parsed.
    return (scope) => writer.render(text, context(scope), undefined, { escape });
  },
};

type Tokens = ReturnType<typeof mustache.parse>;
type View = InstanceType<typeof mustache.Context>;

function parse(text: string): Tokens {
  try {
    return mustache.parse(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const position = /^(.*) at (\d+)$/s.exec(message);
    throw new SyntaxError(position === null ? message : `${position[1]} ${place(text, Number(position[2]))}`, { cause });
  }
}

function refusePartials(tokens: Tokens, text: string): void {
  for (const [kind, name, start, , inner] of tokens) {
    if (kind === ">") throw new SyntaxError(`the partial ${name} cannot be used: write the text where it stands ${place(text, start)}`);
    // The tokens inside of a section stand fifth; the type also allows a number there.
    if (Array.isArray(inner)) refusePartials(inner as unknown as Tokens, text);
  }
}

function place(text: string, position: number): string {
  const before = text.slice(0, position).split("\n");
  return `(line ${before.length}, column ${(before.at(-1) ?? "").length + 1})`;
}

/** The library's own contexts also find what a value inherits, and call functions. */
function context(view: ExpressionScope | unknown, parent?: View): View {
  const made = new mustache.Context(view, parent);
  made.lookup = (name) => {
    if (name === ".") return plain(view);
    const parts = name.split(".");
    const [first = ""] = parts;
    if (!holds(view, first)) return parent?.lookup(name);
    return plain(parts.reduce<unknown>((value, part) => (holds(value, part) ? value[part] : undefined), view));
  };
  made.push = (inner) => context(inner, made);
  return made;
}

function holds(value: unknown, name: string): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name);
}

function plain(value: unknown): unknown {
  return typeof value === "function" ? undefined : value;
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(value: unknown): string {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
