import { option, optional, type OptionsOf } from "@portolan/core";
import { addresses, addressesOptions, checkAddresses } from "./addresses.ts";
import { compression, compressionOptions } from "./compression.ts";
import { checkCors, cors, corsOptions } from "./cors.ts";
import { checkDeprecation, deprecation, deprecationOptions } from "./deprecation.ts";
import { idempotency, idempotencyOptions } from "./idempotency.ts";
import { checkRateLimit, quota, quotaOptions, rateLimit, rateLimitOptions } from "./limits.ts";
import { composePolicies, type Policy, type PolicyContext } from "./policy.ts";
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

/** One policy of all that are given. */
export function createPolicy(given: PolicyOptions, context: PolicyContext): Policy {
  const policies: Policy[] = [];
  if (given.addresses !== undefined) policies.push(addresses(given.addresses));
  if (given.cors !== undefined) policies.push(cors(given.cors));
  if (given.deprecation !== undefined) policies.push(deprecation(given.deprecation));
  if (given.limits !== undefined) policies.push(requestLimits(given.limits));
  if (given.rateLimit !== undefined) policies.push(rateLimit(given.rateLimit, context));
  if (given.quota !== undefined) policies.push(quota(given.quota, context));
  if (given.compression !== undefined) policies.push(compression(given.compression));
  if (given.idempotency !== undefined) policies.push(idempotency(given.idempotency, context));
  if (given.cache !== undefined) policies.push(responseCache(given.cache, context));
  return composePolicies(policies);
}
