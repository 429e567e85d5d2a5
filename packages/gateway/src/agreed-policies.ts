import { isDeepStrictEqual } from "node:util";
import { PortolanError } from "@portolan/core";
import type { DoorPolicies } from "./door-host.ts";
import type { PolicyOptions } from "./policies/policies.ts";

export interface WantedPolicies {
  readonly name: string;
  /** Who wants them, such as `route placeOrder`. */
  readonly owner: string;
  readonly options: PolicyOptions | undefined;
}

/**
 * The policies of an endpoint that several routes share, after one more has said which it wants: those of whoever gives some.
 * Throws PORTOLAN_CONFIG_INVALID if two give different ones.
 */
export function agreedPolicies(before: DoorPolicies | undefined, { name, owner, options }: WantedPolicies): DoorPolicies | undefined {
  if (options === undefined || isDeepStrictEqual(before?.options, options)) return before;
  if (before === undefined) return { name, options };
  throw new PortolanError("PORTOLAN_CONFIG_INVALID", `${owner}: another door of ${name} has other policies`, {
    hint: "Doors of one endpoint have the same policies. Give them at one of the doors, or the same ones at each.",
  });
}
