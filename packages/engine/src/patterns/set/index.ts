import {
  option,
  optional,
  PortolanError,
  describeValue,
  withHeader,
  withoutHeader,
  type Attributes,
  type Headers,
  type HeaderValue,
  type Message,
} from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern, type Evaluate } from "../../pattern.ts";
import { isReserved, reservedAttributes } from "../../runtime/reserved-attributes.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Sets headers and attributes. */
    set(
      values: {
        readonly headers?: Readonly<Record<string, (message: Message<Body>) => unknown>>;
        readonly attributes?: Readonly<Record<string, (message: Message<Body>) => unknown>>;
      } & StepOptions,
    ): Steps<Body, Ended, Of>;
  }
}

const options = option.object({
  headers: optional(option.mapOf(option.expression), "Headers to set; one whose expression yields nothing or null is removed"),
  attributes: optional(option.mapOf(option.expression), "Attributes to set"),
});

/** Content enricher for headers and attributes. */
export const set = definePattern({
  name: "set",
  title: "Set",
  group: "data",
  summary: "Sets headers and attributes.",
  semantics:
    "All expressions see the message before the step. Header names ignore case: setting `Foo` replaces `foo`. Names of attributes that the engine writes are configuration errors.",
  example: `
- set: { headers: { country: body.address.country }, attributes: { started: $millis() } }`,
  options,
  compile({ options: { headers = {}, attributes = {} } }, compiler) {
    for (const name of Object.keys(attributes)) {
      if (isReserved(name))
        compiler.invalid(`the attribute "${name}" is written by the engine`, `a name other than ${reservedAttributes.join(", ")}`, name);
    }
    const headerValues = compileAll(headers, compiler.expression);
    const attributeValues = compileAll(attributes, compiler.expression);
    const apply = (message: Message, newHeaders: readonly unknown[], newAttributes: readonly unknown[]): Message => ({
      id: message.id,
      body: message.body,
      headers: withHeaderValues(message.headers, headerValues, newHeaders),
      attributes: withAttributeValues(message.attributes, attributeValues, newAttributes),
    });
    return (message) => {
      const newHeaders = evaluated(headerValues, message);
      const newAttributes = evaluated(attributeValues, message);
      if (newHeaders.some(isPromise) || newAttributes.some(isPromise)) {
        return Promise.all([Promise.all(newHeaders), Promise.all(newAttributes)]).then(([one, other]) => apply(message, one, other));
      }
      return apply(message, newHeaders, newAttributes);
    };
  },
  method: ([values]) => values,
});

type Named = readonly (readonly [string, Evaluate])[];

function compileAll<T>(values: Readonly<Record<string, T>>, compile: (value: T) => Evaluate): Named {
  return Object.entries(values).map(([name, value]) => [name, compile(value)] as const);
}

function evaluated(named: Named, message: Message): readonly unknown[] {
  return named.length === 0 ? NONE : named.map(([, evaluate]) => evaluate(message));
}

const NONE: readonly unknown[] = [];

function isPromise(value: unknown): boolean {
  return value instanceof Promise;
}

function withHeaderValues(headers: Headers, named: Named, values: readonly unknown[]): Headers {
  let changed = headers;
  for (let index = 0; index < named.length; index++) {
    // The index is below the length of the list.
    const [name] = named[index] as Named[number];
    const value = headerValue(name, values[index]);
    changed = value === undefined ? withoutHeader(changed, name) : withHeader(changed, name, value);
  }
  return changed;
}

function withAttributeValues(attributes: Attributes, named: Named, values: readonly unknown[]): Attributes {
  if (named.length === 0) return attributes;
  const added = named.map(([name], index) => [name, values[index] === undefined ? null : values[index]] as const);
  return { ...attributes, ...Object.fromEntries(added) };
}

/** Text, numbers, booleans, or a list of these. */
export function headerValue(name: string, value: unknown): HeaderValue | undefined {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return undefined;
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (!items.every((item) => ["string", "number", "boolean"].includes(typeof item))) {
    throw new PortolanError(
      "PORTOLAN_EXPRESSION_TYPE",
      `the header ${name} must be text, a number, a boolean or a list of these, found ${describeValue(value)}`,
    );
  }
  // Every item has just been checked.
  return value as HeaderValue;
}
