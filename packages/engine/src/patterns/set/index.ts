import {
  option,
  optional,
  PortolanError,
  describeValue,
  headerSetter,
  withHeaders,
  withoutHeader,
  type Attributes,
  type Headers,
  type HeaderValue,
  type Message,
} from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern, type Evaluate } from "../../pattern.ts";
import type { Step } from "../../runtime/step.ts";
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
  body: "kept",
  compile({ options: { headers = {}, attributes = {} } }, compiler) {
    for (const name of Object.keys(attributes)) {
      if (isReserved(name))
        compiler.invalid(`the attribute "${name}" is written by the engine`, `a name other than ${reservedAttributes.join(", ")}`, name);
    }
    const headerNames = Object.keys(headers).map((name) => ({ name, set: headerSetter(name) }));
    const attributeNames = Object.keys(attributes);
    const evaluates = [...Object.values(headers), ...Object.values(attributes)].map((value) => compiler.expression(value));
    const [header, ...others] = headerNames;
    const [evaluateOnly] = evaluates;
    if (header !== undefined && evaluateOnly !== undefined && others.length + attributeNames.length === 0)
      return setOne(header, evaluateOnly);

    const apply = (message: Message, values: readonly unknown[]): Message => ({
      id: message.id,
      body: message.body,
      headers: withHeaderValues(message.headers, headerNames, values),
      attributes: withAttributeValues(message.attributes, attributeNames, { values, from: headerNames.length }),
    });
    const applyLater = async (message: Message, values: readonly unknown[]) => apply(message, await Promise.all(values));
    return (message) => {
      let waits = false;
      // A loop over a list of the right length: `map` costs a closure, a list that grows costs 17 places.
      const values = new Array<unknown>(evaluates.length);
      for (let index = 0; index < values.length; index++) {
        // The index is below the length of the list.
        const value = (evaluates[index] as Evaluate)(message);
        if (value instanceof Promise) waits = true;
        values[index] = value;
      }
      return waits ? applyLater(message, values) : apply(message, values);
    };
  },
  method: ([values]) => values,
});

interface HeaderName {
  readonly name: string;
  readonly set: ReturnType<typeof headerSetter>;
}

/** Most steps set one header; without lists that takes two thirds of the time. */
function setOne(header: HeaderName, evaluate: Evaluate): Step {
  const apply = (message: Message, value: unknown) => withHeaders(message, withHeaderValue(message.headers, header, value));
  const applyLater = async (message: Message, value: Promise<unknown>) => apply(message, await value);
  return (message) => {
    const value = evaluate(message);
    return value instanceof Promise ? applyLater(message, value) : apply(message, value);
  };
}

function withHeaderValue(headers: Headers, { name, set: setHeader }: HeaderName, given: unknown): Headers {
  const value = headerValue(name, given);
  return value === undefined ? withoutHeader(headers, name) : setHeader(headers, value);
}

function withHeaderValues(headers: Headers, names: readonly HeaderName[], values: readonly unknown[]): Headers {
  let changed = headers;
  let index = 0;
  for (const name of names) changed = withHeaderValue(changed, name, values[index++]);
  return changed;
}

function withAttributeValues(
  attributes: Attributes,
  names: readonly string[],
  { values, from }: { readonly values: readonly unknown[]; readonly from: number },
): Attributes {
  let changed = attributes;
  let index = from;
  for (const name of names) {
    const value = values[index++];
    changed = { ...changed, [name]: value === undefined ? null : value };
  }
  return changed;
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
