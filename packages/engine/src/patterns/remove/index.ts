import { option, withDefault, withoutHeaders, type Attributes } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { isReserved } from "../../runtime/reserved-attributes.ts";
import { compileNamePattern, matchesAny } from "./name-pattern.ts";

const patternList = option.listOf(option.name);

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Removes headers and attributes by name or pattern. */
    remove(
      patterns: {
        readonly headers?: readonly string[];
        readonly attributes?: readonly string[];
        readonly except?: readonly string[];
      } & StepOptions,
    ): Steps<Body, Ended, Of>;
  }
}

const options = option.object({
  headers: withDefault(patternList, [], "Headers to remove"),
  attributes: withDefault(patternList, [], "Attributes to remove"),
  except: withDefault(patternList, [], "Names that stay"),
});

/** Content filter for headers and attributes. */
export const remove = definePattern({
  name: "remove",
  title: "Remove",
  group: "data",
  summary: "Removes headers and attributes by name or pattern.",
  semantics:
    "A pattern matches the whole name: exact, with `*` as wildcard, or `/regex/` (unanchored). Header names ignore case. Attributes that the engine writes cannot be removed by a wildcard or a regular expression, only by name.",
  example: `
- remove: { headers: ["x-*"], except: [x-trace] }`,
  options,
  body: "kept",
  compile({ options: { headers, attributes, except } }, compiler) {
    const compile = (ignoreCase: boolean) => (pattern: string) => compileNamePattern(pattern, ignoreCase, compiler.invalid);
    const headerPatterns = headers.map(compile(true));
    const headerExceptions = except.map(compile(true));
    const attributePatterns = attributes.map(compile(false));
    const attributeExceptions = except.map(compile(false));
    const [first, ...more] = headerPatterns;
    const isRemoved =
      first !== undefined && more.length + headerExceptions.length === 0
        ? first.matches
        : (name: string) => matchesAny(headerPatterns, name) && !matchesAny(headerExceptions, name);
    const isGone = (name: string) =>
      attributePatterns.some((pattern) => pattern.matches(name) && (pattern.exact || !isReserved(name))) &&
      !matchesAny(attributeExceptions, name);
    return (message) => ({
      id: message.id,
      body: message.body,
      headers: headerPatterns.length === 0 ? message.headers : withoutHeaders(message.headers, isRemoved),
      attributes: attributePatterns.length === 0 ? message.attributes : withoutAttributes(message.attributes, isGone),
    });
  },
  method: ([patterns]) => patterns,
});

/** What the engine hides among the attributes stays. */
function withoutAttributes(attributes: Attributes, isGone: (name: string) => boolean): Attributes {
  const rest: Record<string, unknown> = { ...attributes };
  for (const name of Object.keys(rest)) if (isGone(name)) delete rest[name];
  return rest;
}
