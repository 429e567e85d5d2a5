import { isDeepStrictEqual } from "node:util";
import type { DoorPolicies } from "../door-host.ts";
import type { Door } from "../door.ts";
import { createPolicy, type PolicyOptions } from "./policies.ts";
import { composePolicies, type Policy, type PolicyServices } from "./policy.ts";

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
      // What clients have to read before they can keep to anything, such as where to get a token.
      const isOpen = door.path.startsWith("/.well-known/");
      const host = isOpen ? { name: "well-known", options: unlimited } : { name: "http", options: everywhere };
      const [first, rest] = parted(host);
      const [ownFirst, ownRest] = own === undefined ? [] : parted(own);
      const chain = [first, ...(door.admit === undefined ? [rest, ownFirst] : [ownFirst, ADMISSION, rest]), ownRest];
      const policies = chain.map((one) => (typeof one === "function" || one === undefined ? one : policyOf(one)));
      return composePolicies(policies.filter((one) => one !== undefined))(door);
    },
  };
}

const ADMISSION: Policy = (door) => {
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

/** What is asked before whether the caller may come in, and what is asked after. */
function parted({ name, options }: DoorPolicies): readonly [DoorPolicies, DoorPolicies] {
  const { addresses, cors, deprecation, ...rest } = options;
  return [
    { name: `${name} first`, options: { addresses, cors, deprecation } },
    { name, options: rest },
  ];
}
