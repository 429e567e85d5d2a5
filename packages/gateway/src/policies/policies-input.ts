import type { Duration } from "@portolan/core";

/** Policies as people write them; their meaning is that of `policyOptions`. */
export interface PoliciesInput {
  readonly addresses?: { readonly allow?: string | readonly string[]; readonly deny?: string | readonly string[] };
  readonly cors?: {
    readonly origins: string | readonly string[];
    readonly headers?: readonly string[];
    readonly exposeHeaders?: readonly string[];
    readonly credentials?: boolean;
    readonly maxAge?: Duration;
  };
  readonly deprecation?: { readonly since: string; readonly sunset?: string; readonly link?: string };
  readonly limits?: { readonly maxBody?: number | string; readonly timeout?: Duration };
  readonly rateLimit?: {
    readonly requests: number;
    readonly per: Duration;
    readonly header?: string;
    readonly keepIn?: "memory" | "store";
  };
  readonly quota?: {
    readonly requests: number;
    readonly per: "hour" | "day" | "month";
    readonly header?: string;
    readonly keepIn?: "memory" | "store";
  };
  readonly compression?: { readonly minBytes?: number | string };
  readonly idempotency?: {
    readonly header?: string;
    readonly required?: boolean;
    readonly keepIn?: "memory" | "store";
    readonly keep?: Duration;
    readonly maxBytes?: number | string;
  };
  readonly cache?: {
    readonly ttl?: Duration;
    readonly staleWhileRevalidate?: Duration;
    readonly staleIfError?: Duration;
    readonly maxReply?: number | string;
    readonly vary?: readonly string[];
    readonly maxBytes?: number | string;
  };
}
