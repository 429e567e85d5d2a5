import { PortolanError } from "@portolan/core";

/** The error of a request that got no answer, or no whole one. */
export function targetFailed(thrown: unknown, target: URL | undefined): PortolanError {
  const endpoint = target?.origin ?? "the target";
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  return new PortolanError("PORTOLAN_TARGET_FAILED", `${endpoint} did not answer: ${reasonOf(cause)}`, { endpoint, cause });
}

/** Node packs the failures of several addresses of a host into one error without a message. */
function reasonOf(cause: Error): string {
  if (cause instanceof AggregateError) return cause.errors.map((one) => (one instanceof Error ? one.message : String(one))).join("; ");
  return cause.message;
}

export function allOut(retryAfterMs: number | undefined): PortolanError {
  return new PortolanError("PORTOLAN_TARGETS_OUT", "no target of this proxy is well", retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** The error of a request that cannot be sent on as it is. */
export function requestFault(thrown: unknown): PortolanError {
  if (thrown instanceof PortolanError) return thrown;
  const cause = thrown instanceof Error ? thrown : new Error(String(thrown));
  return new PortolanError("PORTOLAN_ADDRESS_UNKNOWN", `the request cannot be sent on: ${cause.message}`, { kind: "invalid", cause });
}
