import { option, type Message } from "@portolan/core";
import type { AddressOptions, StepOptions, ToTarget } from "../../builder/steps.ts";
import { addressTarget } from "../../definition/target-input.ts";
import { definePattern } from "../../pattern.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Sends the message one-way; it goes on unchanged. */
    to(target: ToTarget<Body>, options?: StepOptions): Steps<Body, Ended, Of>;
    to(
      address: (message: Message<Body>) => string | undefined | Promise<string | undefined>,
      options?: AddressOptions,
    ): Steps<Body, Ended, Of>;
  }
}

/** Message endpoint, one-way. */
export const to = definePattern({
  name: "to",
  title: "To",
  group: "routing",
  summary: "Sends the message one-way; it goes on unchanged, whatever the target answers.",
  semantics: "A target that refuses raises. What is sent to a channel becomes visible at the commit of the unit of work.",
  example: `
- to: { channel: orders.accepted }`,
  options: option.target,
  body(target, flow) {
    flow.sent(target);
    return flow.before;
  },
  compile({ options: target }, compiler) {
    const endpoint = compiler.target(target, { intercepted: true });
    return (message, execution) => {
      const sent = endpoint.send(message, execution);
      return sent instanceof Promise ? sent.then(() => message) : message;
    };
  },
  method: ([target, options]) => addressTarget(target, options),
});
