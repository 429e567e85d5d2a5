import { option } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { STOPPED } from "../../runtime/execution.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Ends the message at hand, successfully. */
    stop(options?: StepOptions): Steps<never, Ended | Body, Of>;
  }
}

/** Ends the processing of a message, successfully. */
export const stop = definePattern({
  name: "stop",
  title: "Stop",
  group: "routing",
  summary: "Ends the processing of the message at hand, successfully, with the message as it stands as result.",
  semantics:
    "In a route it ends the route (enclosing inline blocks, too; `finally` runs); in a copy block it ends that part, whose result is combined. The unit of work commits.",
  example: `
- stop: {}`,
  options: option.object({}),
  body: "kept",
  ends: () => true,
  compile: () => (message, execution) => {
    execution.end = STOPPED;
    return message;
  },
  method: () => ({}),
});
