import type { RunningEndpoint } from "./endpoint.ts";
import { andThen, type Step } from "./step.ts";
import { listOf } from "./values.ts";

/** A list of addresses as an expression yields it; nothing and a blank text are the empty list. */
export function addressesOf(value: unknown): readonly unknown[] {
  return typeof value === "string" && value.trim() === "" ? [] : listOf(value);
}

/** One hop: called where it can reply, otherwise sent to, and the message goes on unchanged. */
export function hop(endpoint: RunningEndpoint): Step {
  return (message, execution) =>
    endpoint.replies ? endpoint.call(message, execution) : andThen(endpoint.send(message, execution), () => message);
}
