import { PortolanError } from "@portolan/core";

/** Why a description cannot be used, in words. */
export function unreadable(reason: string, hint?: string): PortolanError {
  return new PortolanError("PORTOLAN_FORMAT_INVALID", `the API description cannot be read: ${reason}`, hint === undefined ? {} : { hint });
}
