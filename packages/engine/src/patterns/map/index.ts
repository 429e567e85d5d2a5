import { option, withBody, type Message } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** The value becomes the body. */
    map<Next>(expression: (message: Message<Body>) => Next | Promise<Next>, options?: StepOptions): Steps<Next, Ended, Of>;
  }
}

/** Message translator. */
export const map = definePattern({
  name: "map",
  title: "Map",
  group: "data",
  summary: "The value of the expression becomes the body; headers and attributes stay.",
  semantics: "An expression that yields nothing makes the body `null`.",
  example: `
- map: '{ "orderId": body.id, "total": $sum(body.lines.price) }'`,
  options: option.expression,
  body: (expression, flow) => flow.value(expression),
  compile({ options: expression }, compiler) {
    const evaluate = compiler.expression(expression);
    return (message) => {
      const value = evaluate(message);
      return value instanceof Promise ? mapLater(message, value) : withValue(message, value);
    };
  },
  method: ([expression]) => expression,
});

function withValue(message: Message, value: unknown): Message {
  return withBody(message, value === undefined ? null : value);
}

/** A function of its own: a closure in the step would cost an allocation also where nothing waits. */
function mapLater(message: Message, value: Promise<unknown>): Promise<Message> {
  return value.then((body) => withValue(message, body));
}
