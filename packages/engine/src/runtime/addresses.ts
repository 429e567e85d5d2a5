import type { Message } from "@portolan/core";
import type { StepCompiler } from "../pattern.ts";
import type { RunningEndpoint } from "./endpoint.ts";
import { andThen, type Step } from "./step.ts";
import { listOf } from "./values.ts";

/** A list of addresses as an expression yields it; nothing and a blank text are the empty list. */
export function addressesOf(value: unknown): readonly unknown[] {
  return typeof value === "string" && value.trim() === "" ? [] : listOf(value);
}

/**
 * Hops to computed addresses: called where it can reply, otherwise sent to, and the message goes on unchanged. For the policy
 * each is an innermost step. Made once for each endpoint, as those within the app live as long as the step.
 */
export function createHops(compiler: Pick<StepCompiler, "protect">): (endpoint: RunningEndpoint) => Step {
  const hops = new WeakMap<RunningEndpoint, Step>();
  return (endpoint) => {
    const known = hops.get(endpoint);
    if (known !== undefined) return known;
    const hop = compiler.protect((message, execution) =>
      endpoint.replies ? endpoint.call(message, execution) : andThen(endpoint.send(message, execution), () => message),
    );
    hops.set(endpoint, hop);
    return hop;
  };
}

/** What a hop sees of the way of the message. */
export function withSlip(message: Message, previous: string | null, hops: number): Message {
  return {
    id: message.id,
    body: message.body,
    headers: message.headers,
    attributes: { ...message.attributes, slip: { previous, hops } },
  };
}
