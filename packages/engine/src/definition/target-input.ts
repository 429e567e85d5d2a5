import { isRecord } from "@portolan/core";

/** A target as the builder takes it: a function is an address that is computed for each message. */
export function addressTarget(target: unknown, options: unknown): unknown {
  if (typeof target === "function") return { address: target, ...(isRecord(options) ? options : {}) };
  return target;
}
