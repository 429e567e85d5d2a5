import { option, type Message } from "@portolan/core";
import type { AddressOptions, CallTarget, ReplyOf, StepOptions } from "../../builder/steps.ts";
import { addressTarget } from "../../definition/target-input.ts";
import { definePattern } from "../../pattern.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Asks a target; the body becomes the reply. */
    call<Target extends CallTarget<Body>>(target: Target, options?: StepOptions): Steps<ReplyOf<Target>, Ended, Of>;
    call(address: (message: Message<Body>) => string | Promise<string>, options?: AddressOptions): Steps<unknown, Ended, Of>;
  }
}

/** Request and reply. */
export const call = definePattern({
  name: "call",
  title: "Call",
  group: "routing",
  summary: "Asks a target and waits: the body becomes the reply, headers stay.",
  semantics:
    "The reply's headers are in `attributes.reply.headers`. A called route gets body, headers and a copy of the attributes, runs in the caller's unit of work and applies its own `onError` first; what that handles is an ordinary reply. What it does not handle fails the step, and the caller's policy may repeat the whole called route.",
  example: `
- call: { route: price }`,
  options: option.target,
  body: (target, flow) => flow.sent(target),
  compile({ options: target }, compiler) {
    if (target.kind === "channel")
      compiler.invalid("a channel has no reply", "a route, an address or a connector", `channel ${target.channel}`);
    const endpoint = compiler.target(target, { intercepted: true });
    return (message, execution) => endpoint.call(message, execution);
  },
  method: ([target, options]) => addressTarget(target, options),
});
