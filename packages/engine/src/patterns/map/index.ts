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
  compile({ options: expression }, compiler) {
    const evaluate = compiler.expression(expression);
    return (message) => {
      const value = evaluate(message);
      if (value instanceof Promise) return value.then((body: unknown) => withBody(message, body === undefined ? null : body));
      return withBody(message, value === undefined ? null : value);
    };
  },
  method: ([expression]) => expression,
});
