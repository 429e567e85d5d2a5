import type { PolicyOptions } from "@portolan/gateway";

export const ONE_MINUTE = 60_000;

/** Policies that are there and refuse nobody. */
export const ALL: PolicyOptions = {
  addresses: { deny: ["203.0.113.0/24"] },
  cors: { origins: ["https://shop.example"], exposeHeaders: [], credentials: false, maxAge: ONE_MINUTE },
  limits: { maxBody: 100_000 },
  rateLimit: { requests: 100_000, per: ONE_MINUTE, header: "x-api-key" },
  quota: { requests: 1_000_000_000, per: "month", header: "x-api-key", keepIn: "memory" },
  compression: { minBytes: 1024 },
};

export const CACHE: NonNullable<PolicyOptions["cache"]> = {
  ttl: ONE_MINUTE,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  vary: ["accept"],
  maxBytes: 16 * 1024 ** 2,
  maxReply: 1024 ** 2,
};

export const IDEMPOTENCY: NonNullable<PolicyOptions["idempotency"]> = {
  header: "idempotency-key",
  required: false,
  keep: 60 * ONE_MINUTE,
  keepIn: "memory",
  maxBytes: 16 * 1024 ** 2,
};
