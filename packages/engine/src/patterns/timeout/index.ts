import { option, PortolanError, required, type Duration } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";
import { inTime } from "../../runtime/deadline.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** A block that must end in time. */
    timeout<Next, End>(after: Duration, block: Block<Body, Next, End>, options?: StepOptions): Steps<Next, Ended | End, Of>;
  }
}

/** Time limit. */
export const timeout = definePattern({
  name: "timeout",
  title: "Timeout",
  group: "flow control",
  summary: "A block that must end in time; otherwise it is cancelled and undone.",
  semantics:
    "The step then fails with `PORTOLAN_TIMEOUT` (transient). Cancelling means that the step in progress is told to stop and no later step of the block starts; a `delay` in progress is not cut short.",
  example: `
- timeout: { after: 2s, steps: [{ call: { route: price } }] }`,
  options: option.object({ after: required(option.duration, "How long it may take"), steps: required(option.steps, "The block") }),
  body: ({ steps }, flow) => flow.list(steps),
  ends: ({ steps }, flow) => !flow.failuresGoOn && flow.list(steps),
  compile({ options: { after, steps } }, compiler) {
    const block = compiler.block(steps);
    const late = () => new PortolanError("PORTOLAN_TIMEOUT", `the block took longer than ${after} ms`);
    return (message, execution) => inTime(block, { message, execution, clock: compiler.clock, afterMs: after, late });
  },
  method: ([after, steps], block) => ({ after, steps: block(steps) }),
});
