import { option, optional, type OptionsOf } from "@portolan/core";
import type { Policy } from "./policy.ts";

export const requestLimitsOptions = {
  maxBody: optional(option.bytes, "Larger bodies are refused with 413.", { example: "100kb" }),
  timeout: optional(option.duration, "A request that takes longer is answered with 504.", { example: "5s" }),
};

export type RequestLimitsOptions = OptionsOf<typeof requestLimitsOptions>;

/** How large and how long a request may be. Where a door has limits of its own, the smaller ones count. */
export function requestLimits({ maxBody = Infinity, timeout = Infinity }: RequestLimitsOptions): Policy {
  return (door) => ({
    ...door,
    maxBodyBytes: smaller(door.maxBodyBytes, maxBody),
    timeoutMs: smaller(door.timeoutMs, timeout),
  });
}

function smaller(own: number | undefined, limit: number): number | undefined {
  return limit === Infinity ? own : Math.min(own ?? Infinity, limit);
}
