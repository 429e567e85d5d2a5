import { option, optional, PortolanError, required, withDefault, type Duration, type Message } from "@portolan/core";
import type { Block, StepOptions } from "../../builder/steps.ts";
import { behindBlock, definePattern } from "../../pattern.ts";
import type { Execution } from "../../runtime/execution.ts";
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

    const limitFrom = (value: unknown): number => {
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
      // The bucket of all messages is kept: making it anew costs more than a message in it.
      const done = keyOfMessage === undefined ? () => undefined : () => buckets.delete(key);
      const bucket = mode === "rate" ? createRateBucket(compiler.clock, period, done) : createConcurrencyBucket(compiler.clock, done);
      buckets.set(key, bucket);
      return bucket;
    };

    const inside = (bucket: Bucket, message: Message, execution: Execution): Message | Promise<Message> => {
      if (block === undefined) return message;
      if (mode === "rate") return block(message, execution);
      let result: Message | Promise<Message>;
      try {
        result = block(message, execution);
      } catch (thrown) {
        bucket.leave();
        throw thrown;
      }
      if (result instanceof Promise) return leaveLater(result, bucket);
      bucket.leave();
      return result;
    };
    const leaveLater = (result: Promise<Message>, bucket: Bucket) => result.finally(() => bucket.leave());

    const through = (max: number, key: string, entered: Entered): Message | Promise<Message> => {
      const { message, execution } = entered;
      const bucket = bucketOf(key);
      const entering = bucket.enter(max, { waitMs, signal: execution.signal });
      return entering === undefined ? inside(bucket, message, execution) : throughLater(entering, bucket, entered);
    };
    const throughLater = async (entering: Promise<void>, bucket: Bucket, { message, execution }: Entered): Promise<Message> => {
      try {
        await entering;
      } catch (error) {
        if (execution.signal?.aborted !== true) rejected?.();
        throw error;
      }
      return inside(bucket, message, execution);
    };
    const keyed = (max: number, entered: Entered): Message | Promise<Message> => {
      const key = keyOfMessage?.(entered.message);
      return key instanceof Promise ? keyedLater(max, key, entered) : through(max, keyOf(key) ?? "", entered);
    };
    const keyedLater = async (max: number, key: Promise<unknown>, entered: Entered) => through(max, keyOf(await key) ?? "", entered);
    const limitedLater = async (limit: Promise<unknown>, entered: Entered) => keyed(limitFrom(await limit), entered);

    return (message, execution) => {
      const limit = limitOf(message);
      return limit instanceof Promise ? limitedLater(limit, { message, execution }) : keyed(limitFrom(limit), { message, execution });
    };
  },
  method([options, steps], block) {
    const { limit, ...rest } = typeof options === "object" && options !== null && "limit" in options ? options : { limit: undefined };
    return { ...rest, limit, ...(steps === undefined ? {} : { steps: block(steps) }) };
  },
});

interface Entered {
  readonly message: Message;
  readonly execution: Execution;
}

function goodNumber(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  try {
    return numberOf(value, "the limit");
  } catch (error) {
    if (error instanceof PortolanError && error.code === "PORTOLAN_EXPRESSION_TYPE") return undefined;
    throw error;
  }
}
