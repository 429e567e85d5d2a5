import { isRecord, mergeHeaders, option, optional, required, type Message } from "@portolan/core";
import type { AddressOptions, StepOptions, ToTarget } from "../../builder/steps.ts";
import { addressTarget } from "../../definition/target-input.ts";
import { definePattern } from "../../pattern.ts";
import { andThen } from "../../runtime/step.ts";
import { readableAgain } from "../../runtime/streams.ts";
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

/** Copies out of the store that are sent at once. What does not wait keeps its order nevertheless. */
const AT_ONCE = 16;

/** Wire tap. */
export const wireTap = definePattern({
  name: "wireTap",
  title: "Wire tap",
  group: "routing",
  summary: "Sends a copy on the side.",
  semantics:
    "The tap has its own unit of work and error handling: it neither changes nor fails the message, and a message which later fails has still been watched. A failing tap goes to the app's dead letter. `body` and `headers` are computed in the main line.\n\nThe copy of a message from a durable channel, and any copy into a durable channel, is stored with the unit of work of the message, whether that succeeds or fails, and leaves then: no crash loses it. Any other copy leaves at once, and is lost if the process dies before it has arrived. The same holds for a copy whose target is computed, of a message from a door.\n\nA message waits for a tap in one case only: while 1,000 copies of the step are on their way that lie in no store (into a memory channel: as many as its `capacity`), the next one waits at the tap.",
  example: `
- wireTap: { target: { channel: audit }, body: '{ "id": id }' }`,
  options,
  body: "kept",
  compile({ options: { target, body, headers = {} } }, compiler) {
    const endpoint = compiler.target(target);
    const route = endpoint.address.startsWith("route:") ? endpoint.address.slice("route:".length) : undefined;
    const inbox = compiler.reenter((message, execution) => andThen(endpoint.send(message, execution), () => message), {
      concurrency: AT_ONCE,
      onTheSide: { enters: route },
    });
    const newBody = body === undefined ? undefined : compiler.expression(body);
    const names = Object.keys(headers);
    const values = Object.values(headers).map((value) => compiler.expression(value));
    return (received, execution) => {
      const message = readableAgain(received, execution, compiler.node.spool);
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
        return andThen(compiler.node.tap(copy, { endpoint, execution, step: compiler.stepId, inbox }), () => message);
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
