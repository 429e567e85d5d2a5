import { isDeepStrictEqual } from "node:util";
import type { DoorPolicies } from "../door-host.ts";
import type { Door } from "../door.ts";
import { createPolicy, type PolicyOptions } from "./policies.ts";
import type { Policy, PolicyServices } from "./policy.ts";

/** The policies of an HTTP host: those that hold at every door, and those that doors ask for. */
export interface Policies {
  /** The door as callers reach it. */
  around(door: Door, own?: DoorPolicies): Door;
}

/** Policies are made once for each name and options, so that what they count and remember outlives a new table of doors. */
export function createPolicies(services: PolicyServices, everywhere: PolicyOptions = {}): Policies {
  const made = new Map<string, { readonly options: PolicyOptions; readonly policy: Policy }>();
  const { clock } = services;
  const policyOf = ({ name, options }: DoorPolicies): Policy => {
    const known = made.get(name);
    if (known !== undefined && isDeepStrictEqual(known.options, options)) return known.policy;
    const { store } = services;
    const policy = createPolicy(options, { clock, store, name });
    made.set(name, { options, policy });
    return policy;
  };
  const { rateLimit: _rate, quota: _quota, ...unlimited } = everywhere;
  return {
    around(door, own) {
      const inner = own === undefined ? door : policyOf(own)(door);
      // What clients have to read before they can keep to anything, such as where to get a token.
      if (door.path.startsWith("/.well-known/")) return policyOf({ name: "well-known", options: unlimited })(inner);
      return policyOf({ name: "http", options: everywhere })(inner);
    },
  };
}
