import { isRecord, mergeHeaders, option, optional, required, type Message } from "@portolan/core";
import type { AddressOptions, StepOptions, ToTarget } from "../../builder/steps.ts";
import { addressTarget } from "../../definition/target-input.ts";
import { definePattern } from "../../pattern.ts";
import { andThen } from "../../runtime/step.ts";
import { headerValue } from "../set/index.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Sends a copy on the side. */
    wireTap(target: ToTarget<Body>, options?: CopyOptions<Body> & { readonly body?: never }): Steps<Body, Ended, Of>;
    wireTap<Copy>(
      target: ToTarget<Copy>,
      options: CopyOptions<Body> & { readonly body: (message: Message<Body>) => Copy | Promise<Copy> },
    ): Steps<Body, Ended, Of>;
    wireTap(
      address: (copy: Message<Body>) => string | undefined | Promise<string | undefined>,
      options?: CopyOptions<Body> & AddressOptions & { readonly body?: never },
    ): Steps<Body, Ended, Of>;
    wireTap<Copy>(
      address: (copy: Message<Copy>) => string | undefined | Promise<string | undefined>,
      options: CopyOptions<Body> & AddressOptions & { readonly body: (message: Message<Body>) => Copy | Promise<Copy> },
    ): Steps<Body, Ended, Of>;
  }
}

export interface CopyOptions<Body> extends StepOptions {
  readonly headers?: Readonly<Record<string, (message: Message<Body>) => unknown>>;
}

const options = option.object({
  target: required(option.target, "Where the copy goes"),
  body: optional(option.expression, "The copy's body; default: the message's"),
  headers: optional(option.mapOf(option.expression), "Headers added to the copy"),
});

/** Wire tap. */
export const wireTap = definePattern({
  name: "wireTap",
  title: "Wire tap",
  group: "routing",
  summary: "Sends a copy on the side.",
  semantics:
    "The tap has its own unit of work and error handling: it neither delays, changes nor fails the main line, and it leaves at once, so that a message which later fails has still been watched. A failing tap goes to the app's dead letter. `body` and `headers` are computed in the main line.",
  example: `
- wireTap: { target: { channel: audit }, body: '{ "id": id }' }`,
  options,
  compile({ options: { target, body, headers = {} } }, compiler) {
    const endpoint = compiler.target(target);
    compiler.reenter((message, execution) => andThen(endpoint.send(message, execution), () => message));
    const newBody = body === undefined ? undefined : compiler.expression(body);
    const names = Object.keys(headers);
    const values = Object.values(headers).map((value) => compiler.expression(value));
    return (message) => {
      const copied = newBody === undefined ? message.body : newBody(message);
      const added = values.map((value) => value(message));
      const waits = copied instanceof Promise || added.some((value) => value instanceof Promise);
      return andThen(waits ? Promise.all([copied, ...added]) : [copied, ...added], ([copyBody, ...copyHeaders]) => {
        const copy: Message = {
          id: message.id,
          body: copyBody === undefined ? null : copyBody,
          headers:
            names.length === 0
              ? message.headers
              : mergeHeaders(
                  message.headers,
                  Object.fromEntries(names.map((name, index) => [name, headerValue(name, copyHeaders[index])])),
                ),
          attributes: message.attributes,
        };
        compiler.node.tap(copy, endpoint, compiler.stepId);
        return message;
      });
    };
  },
  method([target, extra]) {
    if (!isRecord(extra)) return { target: addressTarget(target, undefined) };
    const { body, headers, ...rest } = extra;
    const copy = { ...(body === undefined ? {} : { body }), ...(headers === undefined ? {} : { headers }) };
    return typeof target === "function" ? { target: addressTarget(target, rest), ...copy } : { target, ...rest, ...copy };
  },
});
