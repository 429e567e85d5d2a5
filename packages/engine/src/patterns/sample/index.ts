import { option, optional, type Duration } from "@portolan/core";
import type { StepOptions } from "../../builder/steps.ts";
import { behindBlock, definePattern } from "../../pattern.ts";
import { DROPPED } from "../../runtime/execution.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Passes one message in so many, or one in a period. */
    sample(
      options: ({ readonly every: number; readonly period?: never } | { readonly every?: never; readonly period: Duration }) & StepOptions,
    ): Steps<Body, Ended, Of>;
  }
}

const options = option.object({
  every: optional(option.integer({ min: 1 }), "Passes the 1st, the n+1st, … message"),
  period: optional(option.duration, "Passes the first message, then the first one arriving at least so long after the last that passed"),
  steps: optional(option.steps, "The block for what passes; without it, the rest of the list"),
});

/** Sampler. */
export const sample = definePattern({
  name: "sample",
  title: "Sample",
  group: "flow control",
  summary: "Passes one message in so many, or one in a period; the others are dropped.",
  semantics: "Exactly one of `every` and `period`. Counts per node. With `steps`, messages that do not pass skip the block.",
  example: `
- sample: { period: 1s }`,
  options,
  body: behindBlock,
  gate: true,
  compile({ options: { every, period, steps } }, compiler) {
    if ((every === undefined) === (period === undefined))
      compiler.invalid("a sample has exactly one of `every` and `period`", "every or period", every === undefined ? "neither" : "both");
    const block = steps === undefined ? undefined : compiler.block(steps);
    const leftOut = compiler.branch("left out");
    let seen = 0;
    let passedAt = -Infinity;
    const passes = (): boolean => {
      if (every !== undefined) return seen++ % every === 0;
      const now = compiler.clock.now();
      if (now - passedAt < (period ?? 0)) return false;
      passedAt = now;
      return true;
    };
    return (message, execution) => {
      const passed = passes();
      if (!passed) leftOut?.();
      if (block !== undefined) return passed ? block(message, execution) : message;
      if (!passed) execution.end = DROPPED;
      return message;
    };
  },
});
