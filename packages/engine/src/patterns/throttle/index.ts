import { option, optional, PortolanError, required, withDefault, type Duration, type Message } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { behindBlock, definePattern } from "../../pattern.ts";
import { keyOf, numberOf } from "../../runtime/values.ts";
import { createConcurrencyBucket, createRateBucket, type Bucket } from "./buckets.ts";

declare module "../../builder/steps.ts" {
  interface Steps<Body, Ended, Of> {
    /** Lets so many messages pass in a period. */
    throttle(options: ThrottleOptions<Body> & { readonly mode?: "rate"; readonly period?: Duration }): Steps<Body, Ended, Of>;
    /** At most so many messages inside a block at once. */
    throttle<Next, End>(
      options: ThrottleOptions<Body> & { readonly mode: "concurrent" },
      block: Block<Body, Next, End>,
    ): Steps<Next, Ended | End, Of>;
  }
}

export interface ThrottleOptions<Body> extends StepOptions {
  readonly limit: number | ((message: Message<Body>) => number | null | undefined);
  readonly key?: (message: Message<Body>) => unknown;
  readonly excess?: "wait" | "reject";
  readonly maxWait?: Duration;
}

const options = option.object({
  limit: required(option.expression, "How many; evaluated for every message"),
  mode: withDefault(option.oneOf("rate", "concurrent"), "rate", "So many in a period, or so many at once"),
  period: withDefault(option.duration, 1000, "rate: the window"),
  key: optional(option.expression, "A bucket for each key; default: one for all"),
  excess: withDefault(option.oneOf("wait", "reject"), "wait", "What happens to those above the limit"),
  maxWait: optional(option.duration, "wait: longer is rejected"),
  steps: optional(option.steps, "concurrent: what counts as in process"),
});

/** Throttler. */
export const throttle = definePattern({
  name: "throttle",
  title: "Throttle",
  group: "flow control",
  summary: "Limits how many messages pass in a period, or are in a block at once.",
  semantics:
    "rate: in every window of `period` at most `limit` messages pass; a message that passed at time t frees its place at t + period. Waiting messages pass in arrival order and hold no worker. The limit is evaluated for every message: nothing, or no number, on the first fails that message (`PORTOLAN_THROTTLE_LIMIT`); later, the last good limit stays. A limit below 1 fails the message. Per node.",
  example: `
- throttle: { limit: 5, period: 1s, key: headers.tenant, excess: reject }`,
  options,
  body: behindBlock,
  compile({ options }, compiler) {
    const { mode, period, excess, maxWait, steps } = options;
    if (mode === "concurrent" && steps === undefined) compiler.invalid("a concurrent throttle needs `steps`", "steps", "nothing");
    const limitOf = compiler.expression(options.limit);
    const keyOfMessage = options.key === undefined ? undefined : compiler.expression(options.key);
    const block = steps === undefined ? undefined : compiler.block(steps);
    const waitMs = excess === "reject" ? 0 : (maxWait ?? Infinity);
    const rejected = waitMs === Infinity ? undefined : compiler.branch("rejected");
    const buckets = new Map<string, Bucket>();
    let lastGood: number | undefined;

    const limit = async (message: Message): Promise<number> => {
      const value = await limitOf(message);
      const number = goodNumber(value) ?? lastGood;
      if (number === undefined)
        throw new PortolanError("PORTOLAN_THROTTLE_LIMIT", "the throttle has no limit yet, and this message gives none");
      if (number < 1) throw new PortolanError("PORTOLAN_THROTTLE_LIMIT", `the limit must be at least 1, found ${number}`);
      lastGood = number;
      return Math.floor(number);
    };

    const bucketOf = (key: string): Bucket => {
      const known = buckets.get(key);
      if (known !== undefined) return known;
      const done = () => buckets.delete(key);
      const bucket = mode === "rate" ? createRateBucket(compiler.clock, period, done) : createConcurrencyBucket(compiler.clock, done);
      buckets.set(key, bucket);
      return bucket;
    };

    const enter = async (bucket: Bucket, max: number, signal: AbortSignal | undefined): Promise<void> => {
      try {
        await bucket.enter(max, { waitMs, signal });
      } catch (error) {
        if (signal?.aborted !== true) rejected?.();
        throw error;
      }
    };

    return async (message, execution) => {
      const max = await limit(message);
      const key = keyOfMessage === undefined ? "" : (keyOf(await keyOfMessage(message)) ?? "");
      const bucket = bucketOf(key);
      await enter(bucket, max, execution.signal);
      if (block === undefined) return message;
      if (mode === "rate") return block(message, execution);
      try {
        return await block(message, execution);
      } finally {
        bucket.leave();
      }
    };
  },
  method([options, steps], block) {
    const { limit, ...rest } = typeof options === "object" && options !== null && "limit" in options ? options : { limit: undefined };
    return { ...rest, limit, ...(steps === undefined ? {} : { steps: block(steps) }) };
  },
});

function goodNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  try {
    return numberOf(value, "the limit");
  } catch (error) {
    if (error instanceof PortolanError && error.code === "PORTOLAN_EXPRESSION_TYPE") return undefined;
    throw error;
  }
}
