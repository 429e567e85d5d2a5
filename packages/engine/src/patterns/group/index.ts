import { option, optional, required } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { definePattern } from "../../pattern.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Gives several steps one name. */
    group<Next, End>(name: string, block: Block<Body, Next, End>, options?: StepOptions): Steps<Next, Ended | End, Of>;
  }
}

/** Names several steps. */
export const group = definePattern({
  name: "group",
  title: "Group",
  group: "routing",
  summary: "An inline block that only gives several steps one name in traces, docs and metrics.",
  semantics: "It changes nothing about how the steps run.",
  example: `
- group: { name: pricing, steps: [{ call: { route: price } }] }`,
  options: option.object({ name: optional(option.name, "The name"), steps: required(option.steps, "The steps") }),
  body: ({ steps }, flow) => flow.list(steps),
  ends: ({ steps }, flow) => flow.list(steps),
  compile: ({ options: { steps } }, compiler) => compiler.block(steps),
  method: ([name, steps], block) => ({ name, steps: block(steps) }),
});
