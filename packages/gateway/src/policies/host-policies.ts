import { isDeepStrictEqual } from "node:util";
import type { DoorPolicies } from "../door-host.ts";
import type { Door } from "../door.ts";
import { POLICY_NAMES, createPolicySet, type PolicyName, type PolicyOptions, type PolicySet } from "./policies.ts";
import type { Policy, PolicyServices } from "./policy.ts";

/** The policies of an HTTP host: those that hold at every door, and those that doors ask for. */
export interface Policies {
  /** The door as callers reach it. */
  around(door: Door, own?: DoorPolicies): Door;
}

/** Of these the host's holds beside the door's. Of the others the door's takes the place of the host's. */
const ADDED: ReadonlySet<PolicyName> = new Set(["addresses", "limits", "rateLimit", "quota"]);

/** Policies are made once for each name and options, so that what they count and remember outlives a new table of doors. */
export function createPolicies(services: PolicyServices, everywhere: PolicyOptions = {}): Policies {
  const { clock } = services;
  const made = new Map<string, { readonly options: PolicyOptions; readonly set: PolicySet }>();
  const setOf = ({ name, options }: DoorPolicies): PolicySet => {
    const known = made.get(name);
    if (known !== undefined && isDeepStrictEqual(known.options, options)) return known.set;
    const { store } = services;
    const set = createPolicySet(options, { clock, store, name });
    made.set(name, { options, set });
    return set;
  };
  const { rateLimit: _rate, quota: _quota, ...unlimited } = everywhere;
  return {
    around(door, own) {
      // What clients have to read before they can keep to anything, such as where to get a token.
      const isWellKnown = door.path.startsWith("/.well-known/");
      const ofHost = setOf(isWellKnown ? { name: "well-known", options: unlimited } : { name: "http", options: everywhere });
      const ofDoor = own === undefined ? {} : setOf(own);
      return POLICY_NAMES.reduceRight((inner, name) => {
        const one = ofDoor[name]?.(inner) ?? inner;
        const both = name in ofDoor && !ADDED.has(name) ? one : (ofHost[name]?.(one) ?? one);
        return name === FIRST_ADMITTED ? admission(both) : both;
      }, door);
    },
  };
}

/** Whoever may not come in gets nothing from this policy and those after it: no count of theirs, and no reply that is kept. */
const FIRST_ADMITTED: PolicyName = "limits";

const admission: Policy = (door) => {
  const { admit } = door;
  if (admit === undefined) return door;
  return {
    ...door,
    handle(exchange) {
      admit(exchange);
      return door.handle(exchange);
    },
  };
};
