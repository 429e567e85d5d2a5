import { option, optional, type OptionsOf } from "@portolan/core";
import { addresses, addressesOptions, checkAddresses } from "./addresses.ts";
import { compression, compressionOptions } from "./compression.ts";
import { checkCors, cors, corsOptions } from "./cors.ts";
import { checkDeprecation, deprecation, deprecationOptions } from "./deprecation.ts";
import { idempotency, idempotencyOptions } from "./idempotency.ts";
import { checkRateLimit, quota, quotaOptions, rateLimit, rateLimitOptions } from "./limits.ts";
import type { Policy, PolicyContext } from "./policy.ts";
import { requestLimits, requestLimitsOptions } from "./request-limits.ts";
import { cacheOptions, responseCache } from "./response-cache.ts";

/** The policies of a host or a door, in the order in which a request meets them. */
export const policyOptions = {
  addresses: optional(option.object(addressesOptions), "Which addresses may call."),
  cors: optional(option.object(corsOptions), "Which pages of other origins may read replies."),
  deprecation: optional(option.object(deprecationOptions), "Tells callers that the door will go."),
  limits: optional(option.object(requestLimitsOptions), "How large and how long a request may be."),
  rateLimit: optional(option.object(rateLimitOptions), "How fast each caller may ask."),
  quota: optional(option.object(quotaOptions), "How much each caller may ask in the long run."),
  compression: optional(option.object(compressionOptions), "Compresses replies for callers that can read it."),
  idempotency: optional(option.object(idempotencyOptions), "Answers a request that comes again with the reply of the first time."),
  cache: optional(option.object(cacheOptions), "Keeps replies to GET, and sends them again while they are fresh."),
};

export type PolicyOptions = OptionsOf<typeof policyOptions>;

/** Policies that contradict themselves, in words. */
export function checkPolicies(given: PolicyOptions = {}): readonly string[] {
  return [
    ...(given.addresses === undefined ? [] : checkAddresses(given.addresses)),
    ...(given.cors === undefined ? [] : checkCors(given.cors)),
    ...(given.deprecation === undefined ? [] : checkDeprecation(given.deprecation)),
    ...(given.rateLimit === undefined ? [] : checkRateLimit(given.rateLimit)),
  ];
}

export type PolicyName = keyof PolicyOptions;

/** In the order in which a request meets them. */
export const POLICY_NAMES = Object.keys(policyOptions) as readonly PolicyName[];

/** Policies by their names. */
export type PolicySet = Readonly<Partial<Record<PolicyName, Policy>>>;

export function createPolicySet(given: PolicyOptions, context: PolicyContext): PolicySet {
  return {
    ...(given.addresses && { addresses: addresses(given.addresses) }),
    ...(given.cors && { cors: cors(given.cors) }),
    ...(given.deprecation && { deprecation: deprecation(given.deprecation) }),
    ...(given.limits && { limits: requestLimits(given.limits) }),
    ...(given.rateLimit && { rateLimit: rateLimit(given.rateLimit, context) }),
    ...(given.quota && { quota: quota(given.quota, context) }),
    ...(given.compression && { compression: compression(given.compression) }),
    ...(given.idempotency && { idempotency: idempotency(given.idempotency, context) }),
    ...(given.cache && { cache: responseCache(given.cache, context) }),
  };
}
