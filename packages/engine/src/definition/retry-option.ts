import { option, optional } from "@portolan/core";

const shared = {
  delay: optional(option.duration, "Before the second attempt (default 1s)"),
  backoff: optional(option.oneOf("exponential", "linear", "fixed"), "How the delay grows (default exponential)"),
  factor: optional(option.number({ min: 1 }), "Exponential: from attempt to attempt (default 2)"),
  maxDelay: optional(option.duration, "The delay's ceiling (default 1m)"),
  delays: optional(option.listOf(option.duration), "Instead of delay, backoff, factor; the last repeats"),
  jitter: optional(option.oneOf("equal", "full", "none"), "Chance in the delay (default equal: half of it is random)"),
  maxElapsed: optional(option.duration, "No attempt starts later than this after the first"),
  retryWhile: optional(option.expression, "Replaces `attempts`: evaluated before each retry, with `attributes.error`"),
};

/** Retry options of an error clause: flow-format section 10. */
export const retryOptions = {
  attempts: optional(
    option.either(option.oneOf("unlimited"), (value) => typeof value === "string", option.integer({ min: 1 })),
    "The first included, or `unlimited` (default 5)",
  ),
  ...shared,
  wait: optional(option.oneOf("inline", "parked"), "Keep the place, or give it up until due (default inline)"),
};

/** Redelivery options of a channel: how long between deliveries. */
export const redeliveryOptions = shared;
